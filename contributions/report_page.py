from django.shortcuts import redirect


def report(request):
    return redirect("admin:index")
