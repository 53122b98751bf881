using System.Collections.Concurrent;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLogger : ILogger<GitMirrors>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Enqueue(formatter(state, exception));
}
