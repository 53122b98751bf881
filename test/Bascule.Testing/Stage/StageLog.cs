using System.Text;
using Microsoft.Extensions.Logging;

namespace Bascule.Testing.Stage;

/// <summary>Keeps what an in-process server logs, to be shown when a test gives up waiting.</summary>
internal sealed class StageLog : ILoggerProvider
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

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose() { }

    private void Add(string line)
    {
        lock (_lines)
            _lines.AppendLine(line);
    }

    private sealed class Writer(StageLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel) && !category.StartsWith("Microsoft", StringComparison.Ordinal))
                log.Add($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
