using System.Globalization;
using Bascule.Storage.Writing;
using Npgsql;
using NpgsqlTypes;

namespace Bascule.Storage.Postgres.Writing;

/// <summary>One use of a statement. The driver prepares what it sees often.</summary>
internal sealed class PostgresStatement(PostgresSession session, string sql) : IStatement
{
    private readonly NpgsqlBatchCommand _command = new(sql);

    public IStatement Bind(string text) => Bind(text, NpgsqlDbType.Text);

    public IStatement Bind(long number) => Bind(number, NpgsqlDbType.Bigint);

    public IStatement Bind(ReadOnlySpan<byte> bytes) => Bind(bytes.ToArray(), NpgsqlDbType.Bytea);

    public int Run() => session.Run(_command);

    public void Send() => session.Send(_command, expected: null);

    public bool ChangesOne() => session.Send(_command, expected: 1);

    public long? ReadNumber() =>
        session.ReadFirst(_command) is { } value and not DBNull
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : null;

    private PostgresStatement Bind<T>(T value, NpgsqlDbType type)
    {
        _command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return this;
    }
}
