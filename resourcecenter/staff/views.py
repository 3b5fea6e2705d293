"""The doorstep of the admin: the second step of the log-in, invitations, new passwords."""

from functools import wraps
from http import HTTPStatus

import segno
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contributions.forms.record import errors_of
from resourcecenter.core import limits, tokens
from resourcecenter.core.pagecache import personal, unlinked

from . import factor, joining, lockout, passwords
from .forms import CodeForm, JoinForm, PasswordWishForm, SetUpForm
from .models import Invitation, PasswordReset, PasswordWish, RecoveryCode

PASSWORD = limits.Limit("password", times=10, window_s=15 * 60)
BACKEND = "django.contrib.auth.backends.ModelBackend"

a_form = require_http_methods(["GET", "HEAD", "POST"])


def for_second_step(view):
    """Let in whoever has taken the first step of the log-in, where there is a second."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not factor.is_needed(request.user):
            return redirect("admin:index")
        return view(request, *args, **kwargs)

    return wrapper


def confirmed(view):
    """Let in only who has taken the second step, or has not yet set it up."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.user.otp_device is None and factor.device_of(request.user):
            return redirect_to_login(request.get_full_path(), reverse("staff:second_step"))
        return view(request, *args, **kwargs)

    return wrapper


@personal
@a_form
@for_second_step
def second_step(request):
    """Ask for a code after the password; the first time, lead to the page that sets the second step up."""
    if request.POST.get("do") == "leave":
        logout(request)
        return redirect("admin:login")
    if factor.is_confirmed(request):
        return redirect(_next_page(request))
    if not factor.device_of(request.user):
        return redirect(reverse("staff:set_up", query={REDIRECT_FIELD_NAME: _next_page(request)}))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not AxesProxyHandler.is_allowed(request, _credentials(request)):
            return lockout.refuse(request, None, None)
        if factor.confirm(request, form.cleaned_data["code"]):
            return redirect(_next_page(request))
        _count_failure(request)
        form.add_error("code", _("This code does not fit. Wait until the app shows a new one, and enter that."))
    return _page(request, "staff/second_step.html", form)


@personal
@a_form
@for_second_step
@confirmed
def set_up(request):
    """Show a key for an app, and take its first code; then show the recovery codes, once."""
    form = SetUpForm(request.POST or None)
    device = factor.device_with(request.user, form.data.get("key", ""))
    if form.is_valid() and device:
        if codes := factor.set_up(request, device, form.cleaned_data["code"]):
            return _show_codes(request, codes)
        form.add_error("code", _("This code does not fit. Look whether the app is set up with the key on this page."))
    signed_key = form.data["key"] if device else factor.new_key(request.user)
    device = factor.device_with(request.user, signed_key)
    context = {
        "signed_key": signed_key,
        "picture": segno.make(device.config_url, error="l").svg_data_uri(scale=5, border=4, light="#fff"),
        "address": device.config_url,
        "groups": factor.in_groups(factor.as_text(device)),
        "is_change": request.user.otp_device is not None,
    }
    return _page(request, "staff/set_up.html", form, context)


@personal
@a_form
@for_second_step
@confirmed
def recovery_codes(request):
    """Tell how many are left, and make new ones."""
    if request.user.otp_device is None:
        return redirect("staff:set_up")
    if request.method == "POST":
        return _show_codes(request, factor.renew_codes(request.user))
    n = RecoveryCode.objects.filter(user=request.user).count()
    return render(request, "staff/recovery_codes.html", {"n": n, "of": factor.CODES})


@unlinked
@personal
@sensitive_post_parameters()
@a_form
def join(request, token):
    """Make an account from an invitation. Opening the link changes nothing."""
    invitation = Invitation.objects.open().filter(token_hash=tokens.hash_of(token)).first()
    if invitation is None:
        return _link_is_over(request)
    form = JoinForm(request.POST or None)
    if form.is_valid():
        user = joining.join(invitation, user=form.save(commit=False))
        if user is None:
            return _link_is_over(request)
        login(request, user, backend=BACKEND)
        return redirect("admin:index")
    return _page(request, "staff/join.html", form, {"invitation": invitation, "roles": joining.roles_of(invitation)})


@personal
@a_form
def ask_for_password(request):
    """Take an address and answer always the same; the worker looks whether it has an account."""
    form = PasswordWishForm(request.POST or None)
    if form.is_valid():
        if wait_s := limits.wait_s(request, PASSWORD):
            response = _page(request, "staff/ask_for_password.html", form, {"minutes_to_wait": wait_s // 60 + 1})
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = wait_s
            return response
        PasswordWish.objects.create(email=form.cleaned_data["email"])
        return render(request, "staff/password_asked.html")
    return _page(request, "staff/ask_for_password.html", form)


@unlinked
@personal
@sensitive_post_parameters()
@a_form
def reset_password(request, token):
    """Take a new password. Opening the link changes nothing."""
    found = PasswordReset.objects.open().filter(token_hash=tokens.hash_of(token), user__is_active=True)
    link = found.select_related("user").first()
    if link is None:
        return _link_is_over(request)
    form = SetPasswordForm(link.user, request.POST or None)
    if form.is_valid():
        passwords.reset(link, form)
        return render(request, "staff/password_changed.html")
    return _page(request, "staff/reset_password.html", form, {"username": link.user.get_username()})


def _page(request, template, form, context=None):
    errors = list(errors_of(form)) if form.is_bound else []
    context = {"form": form, "errors": errors, "next": _next_page(request), **(context or {})}
    return render(request, template, context)


def _show_codes(request, codes):
    context = {"codes": codes, "next": _next_page(request), "as_file": "\r\n".join(codes)}
    return render(request, "staff/new_codes.html", context)


def _link_is_over(request):
    return render(request, "staff/link_is_over.html", status=HTTPStatus.NOT_FOUND)


def _next_page(request):
    """Where the visitor was going; within this site only."""
    page = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else reverse("admin:index")


def _credentials(request):
    return {"username": request.user.get_username()}


def _count_failure(request):
    user_login_failed.send(__name__, credentials=_credentials(request), request=request)
