using System.Text;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>All that a server logs.</summary>
internal sealed class LogText : ILoggerProvider
{
    private readonly StringBuilder _lines = new();

    public string Text
    {
        get
        {
            lock (_lines)
                return _lines.ToString();
        }
    }

    public ILogger CreateLogger(string categoryName) => new Writer(this);

    public void Dispose() { }

    private void Add(string line)
    {
        lock (_lines)
            _lines.AppendLine(line);
    }

    private sealed class Writer(LogText log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Add($"{logLevel}: {formatter(state, exception)} {exception}");
    }
}
