from django.urls import path

from . import views

app_name = "staff"
urlpatterns = [
    path("second-step/", views.second_step, name="second_step"),
    path("second-step/set-up/", views.set_up, name="set_up"),
    path("second-step/recovery-codes/", views.recovery_codes, name="recovery_codes"),
    path("invitations/<str:token>/", views.join, name="join"),
    path("password/", views.ask_for_password, name="ask_for_password"),
    path("password/<str:token>/", views.reset_password, name="reset_password"),
]
