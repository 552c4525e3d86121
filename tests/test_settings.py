"""Does the environment become the settings it asks for, or one line that says what is wrong?"""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from settings import VARIABLES, Settings, SettingsError

SECRET = "a secret of tests, long enough to sign"
POSTGRES = "postgres://dealcast:p%40ss@db.example:5432/dealcast"
MANY = {
    "WORKERS": "4",
    "DATABASE_URL": POSTGRES,
    "BROADCAST_URL": "redis://cache:6379",
    "AUTH_SECRET": SECRET,
}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        Settings.load(environ)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert error.value.__cause__ is None
    return message


def test_an_empty_environment_serves_the_demo_on_this_machine_alone() -> None:
    settings = Settings.load({})
    assert settings == Settings(
        host="127.0.0.1",
        port=8000,
        workers=1,
        database_url="sqlite://dealcast.db",
        broadcast_url="memory://",
        auth_secret=settings.auth_secret,
        smtp_url="",
        oidc_issuer=None,
        oidc_audience=None,
        demo=True,
        allowed_origins=(),
        retention=timedelta(hours=72),
        drain_seconds=10,
        token_grace_seconds=30,
        max_sockets=20_000,
        max_sockets_per_user=2_000,
    )


def test_every_variable_is_heard() -> None:
    given = {
        "HOST": "0.0.0.0",  # noqa: S104  it is only read
        "PORT": "80",
        **MANY,
        "OIDC_ISSUER": "https://login.example/tenant/v2.0",
        "OIDC_AUDIENCE": "api://dealcast",
        "DEMO": "on",
        "ALLOWED_ORIGINS": "https://app.example, http://localhost:3000",
        "SMTP_URL": "smtps://mailer:p%40ss@mail.example:465",
        "RETENTION_HOURS": "0.5",
        "DRAIN_SECONDS": "0",
        "TOKEN_GRACE_SECONDS": "2.5",
        "MAX_SOCKETS": "7",
        "MAX_SOCKETS_PER_USER": "3",
    }
    assert set(given) == {variable.name for variable in VARIABLES}
    assert Settings.load(given) == Settings(
        host=given["HOST"],
        port=80,
        workers=4,
        database_url=POSTGRES,
        broadcast_url="redis://cache:6379",
        auth_secret=SECRET,
        smtp_url="smtps://mailer:p%40ss@mail.example:465",
        oidc_issuer="https://login.example/tenant/v2.0",
        oidc_audience="api://dealcast",
        demo=True,
        allowed_origins=("https://app.example", "http://localhost:3000"),
        retention=timedelta(minutes=30),
        drain_seconds=0,
        token_grace_seconds=2.5,
        max_sockets=7,
        max_sockets_per_user=3,
    )


def test_an_empty_variable_is_an_absent_one_and_others_are_not_ours() -> None:
    nothing = {variable.name: "" for variable in VARIABLES} | {"LANG": "C", "SHELL": ""}
    assert Settings.load(nothing) == Settings.load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "::1"),
        ("HOST", "localhost"),
        ("PORT", "0"),
        ("PORT", "65535"),
        ("DATABASE_URL", "sqlite:///tmp/deals.db"),
        ("DATABASE_URL", "sqlite://deals.db?journal_mode=WAL"),
        ("DATABASE_URL", "postgres://postgres@/deals?host=/run/postgresql"),
        ("DATABASE_URL", "postgres://db/deals?ssl=require"),
        ("DATABASE_URL", "postgres://[::1]:5432/deals"),
        ("BROADCAST_URL", "redis://:password@cache:6379/1"),
        ("BROADCAST_URL", "rediss://cache"),
        ("BROADCAST_URL", "postgres://postgres@/deals?host=/run/postgresql"),
        ("OIDC_ISSUER", "http://127.0.0.1:9000/tenant"),
        ("ALLOWED_ORIGINS", "http://[::1]:8080"),
        ("SMTP_URL", "smtp://mail.example"),
        ("SMTP_URL", "smtp://[::1]:2525/"),
        ("DRAIN_SECONDS", "0.25"),
    ],
)
def test_a_good_value_is_taken(name: str, value: str) -> None:
    audience = {"OIDC_AUDIENCE": "api://dealcast"} if name == "OIDC_ISSUER" else {}
    Settings.load({"AUTH_SECRET": SECRET, name: value, **audience})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "http://localhost"),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8000\n"),
        ("WORKERS", "0"),
        ("WORKERS", "1.5"),
        ("WORKERS", "٣"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("DATABASE_URL", "sqlite://no/such/folder/deals.db"),
        ("DATABASE_URL", "mysql://root:hunter2@db/deals"),
        ("DATABASE_URL", "postgres://root:hunter2@db:5432"),
        ("DATABASE_URL", "postgres://root:hunter2@db:port/deals"),
        ("DATABASE_URL", "postgres://root:hunter2/@db/deals"),
        ("DATABASE_URL", "postgres://root:hunter2#@db/deals"),
        ("DATABASE_URL", "postgres://root:hunter2@/deals"),
        ("BROADCAST_URL", "kafka://hunter2"),
        ("BROADCAST_URL", "memory"),
        ("BROADCAST_URL", "redis://"),
        ("AUTH_SECRET", "hunter2"),
        ("OIDC_ISSUER", "http://login.example"),
        ("OIDC_ISSUER", "https://login.example?tenant=hunter2"),
        ("OIDC_AUDIENCE", "two words"),
        ("DEMO", "yes"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://app.example/"),
        ("ALLOWED_ORIGINS", "https://app.example:443"),
        ("ALLOWED_ORIGINS", "http://localhost:80,https://app.example"),
        ("ALLOWED_ORIGINS", "https://App.example"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "http://hunter2@mail.example"),
        ("SMTP_URL", "smtp://hunter2@mail.example:65536"),
        ("SMTP_URL", "smtp://mail.example/hunter2"),
        ("RETENTION_HOURS", "-1"),
        ("RETENTION_HOURS", "nan"),
        ("DRAIN_SECONDS", "10s"),
        ("TOKEN_GRACE_SECONDS", "inf"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_form_and_never_shown(name: str, value: str) -> None:
    form = next(variable.form for variable in VARIABLES if variable.name == name)
    message = refusal({name: value})
    assert message == f"{name} must be {form}"
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "half", [{"OIDC_ISSUER": "https://login.example"}, {"OIDC_AUDIENCE": "api://dealcast"}]
)
def test_a_provider_is_named_with_its_audience(half: dict[str, str]) -> None:
    assert refusal(half) == "OIDC_ISSUER and OIDC_AUDIENCE must be set together, or neither"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("on", True), ("1", True), ("TRUE", True), ("off", False), ("0", False), ("False", False)],
)
def test_demo_is_a_switch(value: str, expected: bool) -> None:
    assert Settings.load({"DEMO": value, "AUTH_SECRET": SECRET}).demo is expected


def test_demo_is_on_by_default_with_the_default_database_alone() -> None:
    assert Settings.load({"DATABASE_URL": "sqlite://dealcast.db"}).demo
    assert not Settings.load({"DATABASE_URL": "sqlite://d.db", "AUTH_SECRET": SECRET}).demo
    assert not Settings.load({"DATABASE_URL": POSTGRES, "AUTH_SECRET": SECRET}).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "127.0.0.1.evil.example"])  # noqa: S104
def test_a_demo_nobody_asked_for_stays_on_this_machine(host: str) -> None:
    message = refusal({"HOST": host})
    assert message.startswith("HOST must be a loopback address")
    assert "DEMO=off" in message
    assert Settings.load({"HOST": host, "DEMO": "on"}).demo
    assert not Settings.load({"HOST": host, "DEMO": "off", "AUTH_SECRET": SECRET}).demo


@pytest.mark.parametrize(
    "lacking", [{"DATABASE_URL": "sqlite://deals.db"}, {"BROADCAST_URL": "memory://"}]
)
def test_more_processes_need_what_crosses_processes(lacking: dict[str, str]) -> None:
    assert Settings.load(MANY).workers == 4
    assert refusal(MANY | lacking).startswith("WORKERS must be 1 with SQLite or memory://")


def test_the_secret_of_the_demo_is_random_private_and_kept(tmp_path: Path) -> None:
    kept = tmp_path / "dealcast.db.secret"
    first = Settings.load({}).auth_secret
    assert len(first.encode()) >= 32
    assert kept.read_text() == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert Settings.load({}).auth_secret == first

    kept.unlink()
    assert Settings.load({}).auth_secret != first


def test_a_secret_that_is_given_is_used_and_none_is_made(tmp_path: Path) -> None:
    assert Settings.load({"AUTH_SECRET": SECRET}).auth_secret == SECRET
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("environ", [{"DEMO": "off"}, {"DEMO": "on", "DATABASE_URL": POSTGRES}])
def test_a_secret_is_required_outside_the_demo_on_sqlite(
    environ: dict[str, str], tmp_path: Path
) -> None:
    assert refusal(environ).startswith("AUTH_SECRET must be ")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_start_makes_no_secret(tmp_path: Path) -> None:
    refusal({"DRAIN_SECONDS": "soon"})
    assert list(tmp_path.iterdir()) == []


def test_settings_can_be_logged() -> None:
    secret = {"BROADCAST_URL": "redis://:hunter2@cache", "SMTP_URL": "smtp://us:hunter2@mail"}
    settings = Settings.load(MANY | secret)
    assert SECRET not in repr(settings)
    assert "p%40ss" not in repr(settings)
    assert "hunter2" not in repr(settings)
