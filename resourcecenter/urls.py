"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from resourcecenter.core.curating import stalest
from resourcecenter.views import errors, home, network, phase, question, search, site, topic

urlpatterns = [
    path("", home.home, name="home"),
    path("phases/<slug:slug>/", phase.phase_detail, name="phase"),
    path("", include("catalogue.urls")),  # before the networks, because it has views of all of them at the same depth
    path("networks/<slug:slug>/", network.network_detail, name="network"),
    path("learning-questions/", question.learning_questions, name="learning_questions"),
    path("topics/", topic.topic_list, name="topics"),
    path("topics/<slug:slug>/", topic.topic_detail, name="topic"),
    path("search/", search.search, name="search"),
    path("markdown/preview/", site.markdown_preview, name="markdown_preview"),
    path("healthz", site.healthz, name="healthz"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("robots.txt", site.robots_txt, name="robots_txt"),
    path("", include("phases.urls")),
    path("", include("contributions.urls")),
    path("admin/stalest/", admin.site.admin_view(stalest), name="stalest"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
