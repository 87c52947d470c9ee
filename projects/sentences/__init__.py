"""What codes and figures of the rules say in Chinese: one place for the words that pages, exports and reminders share."""
