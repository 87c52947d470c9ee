"""Addresses of the to-do list and the inbox."""

from django.urls import path

from projects.views import inbox, todo

urlpatterns = [
    path("todo/", todo.Todo.as_view(), name="todo"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("inbox/count/", inbox.InboxCount.as_view(), name="inbox_count"),
    path("inbox/read/", inbox.InboxRead.as_view(), name="inbox_read"),
]
