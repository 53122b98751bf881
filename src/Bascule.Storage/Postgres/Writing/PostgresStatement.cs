using Bascule.Storage.Writing;
using Npgsql;
using NpgsqlTypes;

namespace Bascule.Storage.Postgres.Writing;

internal sealed class PostgresStatement(NpgsqlConnection connection, string sql) : IStatement, IDisposable
{
    private readonly NpgsqlCommand _command = new(sql, connection);
    private bool _prepared;
    private int _bound;

    public IStatement Bind(string text) => Bind(text, NpgsqlDbType.Text);

    public IStatement Bind(long number) => Bind(number, NpgsqlDbType.Bigint);

    public IStatement Bind(ReadOnlySpan<byte> bytes) => Bind(bytes.ToArray(), NpgsqlDbType.Bytea);

    public int Run()
    {
        Prepare();
        return _command.ExecuteNonQuery();
    }

    public long? ReadNumber()
    {
        Prepare();
        return _command.ExecuteScalar() is { } value and not DBNull
            ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }

    public void Dispose() => _command.Dispose();

    private PostgresStatement Bind<T>(T value, NpgsqlDbType type)
    {
        if (_bound == _command.Parameters.Count)
            _command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        else
            ((NpgsqlParameter<T>)_command.Parameters[_bound]).TypedValue = value;
        _bound++;
        return this;
    }

    private void Prepare()
    {
        _bound = 0;
        if (_prepared)
            return;
        _command.Prepare();
        _prepared = true;
    }
}
