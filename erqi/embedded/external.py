"""A PostgreSQL of the operator's own (DATABASE_URL): what its refusals mean, in one Chinese sentence each."""

import re

import psycopg2

from erqi.embedded.errors import OperatorError

_OLDEST = 14
_CONNECT_SECONDS = 10
# (what the driver or the server says, what to answer). Servers may speak Chinese themselves, hence both languages.
_REFUSALS = (
    (
        r"password authentication failed|no password supplied|认证失败",
        "用户 {user} 不存在或密码不对：请更正 DATABASE_URL 中的用户和密码（特殊字符须按 % 编码）。",
    ),
    (
        r'database ".*" does not exist|数据库 ?".*" ?不存在',
        "服务器 {server} 上没有库 {name}：请先由管理员执行 CREATE DATABASE {name} OWNER {user}，或更正 DATABASE_URL。",
    ),
    (
        r'role ".*" does not exist|角色 ?".*" ?不存在',
        "服务器 {server} 上没有用户 {user}：请先由管理员建立该用户，或更正 DATABASE_URL。",
    ),
    (
        r"permission denied for database|没有.*权限",
        "用户 {user} 无权连接库 {name}：请由管理员执行 GRANT CONNECT ON DATABASE {name} TO {user}。",
    ),
    (
        r"pg_hba\.conf",
        "服务器 {server} 不接受本机以用户 {user} 连接库 {name}：请由管理员在 pg_hba.conf 中允许本机地址。",
    ),
    (
        r"could not translate host name|Name or service not known",
        "找不到主机 {server}：请检查 DATABASE_URL 中的主机名。",
    ),
    (
        r"Connection refused|No such file or directory",
        "连不上服务器 {server}（拒绝连接）：请确认 PostgreSQL 已启动，且 DATABASE_URL 中的地址和端口正确。",
    ),
    (
        r"timeout expired|timed out|No route to host|Network is unreachable",
        "连不上服务器 {server}（无响应）：请检查网络、防火墙和 DATABASE_URL 中的地址。",
    ),
    (
        r"too many clients|connection slots",
        "服务器 {server} 的连接数已满：请稍后重试，或由管理员调大 max_connections。",
    ),
    (
        r"starting up|shutting down|recovery mode",
        "服务器 {server} 正在启动或停止：请稍后重试。",
    ),
    # Before encryption: a misspelt option may itself be called ssl….
    (
        r"invalid (connection option|dsn|.* value)|invalid integer",
        "DATABASE_URL 中的连接参数有误：请按 postgres://用户:密码@主机:5432/库名 的形式改正。",
    ),
    (
        r"SSL|certificate",
        "与服务器 {server} 的加密连接未能建立：请检查 DATABASE_URL 中的 sslmode 与证书。",
    ),
)


def check_server(parameters: dict[str, object]) -> None:
    """Connect once with libpq's parameters and check that the server can serve this product.

    Raises OperatorError for a refusal, a version that is too old, or a database in another encoding than UTF-8.
    """
    try:
        connection = psycopg2.connect(**{"connect_timeout": _CONNECT_SECONDS, **_for_libpq(parameters)})
    except (psycopg2.OperationalError, psycopg2.ProgrammingError) as error:
        raise OperatorError(_explain(str(error), parameters)) from error
    try:
        version, encoding = connection.server_version // 10000, connection.get_parameter_status("server_encoding")
    finally:
        connection.close()
    if version < _OLDEST:
        raise OperatorError(f"服务器 {_server(parameters)} 的 PostgreSQL 版本是 {version}，至少需要 {_OLDEST}：请升级，或改用内置数据库。")
    if encoding != "UTF8":
        raise OperatorError(f"库 {parameters.get('dbname')} 的编码是 {encoding}，需要 UTF8：请以 ENCODING 'UTF8' 重新建库。")


def check_may_create(parameters: dict[str, object]) -> None:
    """Raise OperatorError when the user may not create tables, which the first start and every upgrade need."""
    connection = psycopg2.connect(**_for_libpq(parameters))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema(), has_schema_privilege(current_schema(), 'CREATE'), pg_is_in_recovery()")
            schema, allowed, standby = cursor.fetchone()
    finally:
        connection.close()
    user, name = parameters.get("user"), parameters.get("dbname")
    if standby:
        raise OperatorError(f"服务器 {_server(parameters)} 是只读的备用服务器：请在 DATABASE_URL 中改用主服务器。")
    if not allowed:
        raise OperatorError(
            f"用户 {user} 无权在库 {name} 中建表：请由管理员执行 GRANT CREATE, USAGE ON SCHEMA {schema or 'public'} TO {user}，"
            f"或 ALTER DATABASE {name} OWNER TO {user}。"
        )


def describe(parameters: dict[str, object]) -> str:
    """Return server and database for the operator's eyes, without the password."""
    return f"{_server(parameters)}/{parameters.get('dbname')}"


def _for_libpq(parameters: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in parameters.items() if key not in {"cursor_factory", "client_encoding"}}


def _server(parameters: dict[str, object]) -> str:
    host = parameters.get("host") or "localhost"
    return f"{host}:{parameters.get('port') or 5432}"


def _explain(message: str, parameters: dict[str, object]) -> str:
    values = {"server": _server(parameters), "user": parameters.get("user") or "（未写用户）", "name": parameters.get("dbname")}
    for sign, sentence in _REFUSALS:
        if re.search(sign, message, re.IGNORECASE):
            return sentence.format(**values)
    return f"无法使用 DATABASE_URL 中的数据库（{message.strip().splitlines()[-1]}）：请检查地址、用户、密码和库名。"
