from django.urls import path

from exams.views import afterwards, desk, entrance, notes, sitting

urlpatterns = [
    path("", entrance.home, name="home"),
    path("sample/<slug:code>/", entrance.sample_answer, name="sample-answer"),
    path("keep/", entrance.keep_results, name="keep"),
    path("mini/", entrance.mini, name="mini"),
    path("exams/", entrance.exam_list, name="exams"),
    path("exams/<slug:subject>/<slug:code>/", entrance.exam, name="exam"),
    path("attempts/<uuid:attempt_id>/", sitting.attempt_page, name="attempt"),
    path("attempts/<uuid:attempt_id>/answers/", sitting.answers, name="answers"),
    path("attempts/<uuid:attempt_id>/form/", sitting.form_save, name="form-save"),
    path("attempts/<uuid:attempt_id>/review/", sitting.check, name="check"),
    path("attempts/<uuid:attempt_id>/submit/", sitting.submit, name="submit"),
    path("attempts/<uuid:attempt_id>/result/", afterwards.result, name="result"),
    path("attempts/<uuid:attempt_id>/explanations/", afterwards.explanations, name="explanations"),
    path("attempts/<uuid:attempt_id>/timeline/", afterwards.timeline, name="timeline"),
    path("attempts/<uuid:attempt_id>/items/<int:position>/", afterwards.item, name="item"),
    path("attempts/<uuid:attempt_id>/items/<int:position>/reveal/", sitting.reveal, name="reveal"),
    path("history/", afterwards.history, name="history"),
    path("progress/topics/", afterwards.topics, name="topics"),
    path("notes/", notes.index, name="notes-index"),
    path("notes/<slug:subject>/", notes.contents, name="notes"),
    path("notes/<slug:subject>/<slug:slug>/", notes.chapter, name="notes-chapter"),
    path("desk/items/", desk.items, name="desk-items"),
    path("demo/<slug:name>/", entrance.demo_login, name="demo-login"),
]
