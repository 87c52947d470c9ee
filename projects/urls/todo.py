"""Addresses of the to-do list and the inbox."""

from django.urls import path

from projects.views import todo

urlpatterns = [
    path("todo/", todo.Todo.as_view(), name="todo"),
    path("inbox/", todo.Inbox.as_view(), name="inbox"),
    path("inbox/count/", todo.InboxCount.as_view(), name="inbox_count"),
    path("inbox/read/", todo.InboxRead.as_view(), name="inbox_read"),
]
