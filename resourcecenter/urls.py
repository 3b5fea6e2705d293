"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from resourcecenter import feeds
from resourcecenter.core.curating import stalest
from resourcecenter.views import (
    coverage,
    dashboard,
    errors,
    home,
    network,
    operation,
    phase,
    question,
    search,
    site,
    styleguide,
    topic,
    worker,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("phases/<slug:slug>/", phase.phase_detail, name="phase"),
    path("", include("catalogue.urls")),  # before the networks, because it has views of all of them at the same depth
    path("networks/<slug:slug>/", network.network_detail, name="network"),
    path("learning-questions/", question.learning_questions, name="learning_questions"),
    path("topics/", topic.topic_list, name="topics"),
    path("topics/<slug:slug>/", topic.topic_detail, name="topic"),
    path("coverage/", coverage.coverage_page, name="coverage"),
    path("coverage/deliverables/", coverage.deliverables, name="deliverables"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("search.atom", feeds.feed, {"name": "search"}, name="search_feed"),
    path("search.csv", search.table, {"name": "search"}, name="search_csv"),
    path("resources.atom", feeds.feed, {"name": "resources"}, name="resources_feed"),
    path("resources.csv", search.table, {"name": "resources"}, name="resources_csv"),
    path("networks.atom", feeds.feed, {"name": "networks"}, name="networks_feed"),
    path("networks.csv", search.table, {"name": "networks"}, name="networks_csv"),
    path("markdown/preview/", site.markdown_preview, name="markdown_preview"),
    path("healthz", operation.healthz, name="healthz"),
    path("readyz", operation.readyz, name="readyz"),
    path("metrics", operation.metrics, name="metrics"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("identity/<slug:version>.css", site.identity_css, name="identity_css"),
    path("identity/<slug:version>/logo", site.logo, name="identity_logo"),
    path("speculation-rules.json", site.speculation_rules, name="speculation_rules"),
    path("robots.txt", site.robots_txt, name="robots_txt"),
    path("", include("phases.urls")),
    path("", include("contributions.urls")),
    path("styleguide/", admin.site.admin_view(styleguide.styleguide), name="styleguide"),
    path("admin/worker/", admin.site.admin_view(worker.worker), name="worker"),
    path("admin/stalest/", admin.site.admin_view(stalest), name="stalest"),
    path("staff/", include("resourcecenter.staff.urls")),
    path("admin/", admin.site.admin_view(dashboard.dashboard), name="dashboard"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
