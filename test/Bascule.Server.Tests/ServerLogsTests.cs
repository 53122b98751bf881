using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Bascule.Server.Tests;

[Trait("Threat", "T113")]
public sealed partial class ServerLogsTests
{
    private const string Hostile =
        "main\r\n{\"LogLevel\":\"Information\",\"Message\":\"forged\"}\u001b[2J\u001b]0;title\a\u202e\u2066\u200b\u2028\0\u0085\"\\::add-mask::x";

    [Fact]
    public void WhateverABranchOrAnAuthorIsCalledOneEntryStaysOneLine()
    {
        var logger = new FormattedLogger();

        Moved(logger, Hostile, Hostile);

        var text = logger.Text;
        text.Count(character => character == '\n').ShouldBe(1);
        text.TrimEnd('\n').ShouldAllBe(character => character >= ' ' && character <= '~', "plain ASCII, no control");
        var entry = JsonDocument.Parse(text).RootElement;
        entry.GetProperty("LogLevel").GetString().ShouldBe("Warning");
        entry.GetProperty("State").GetProperty("Branch").GetString().ShouldBe(Hostile);
        entry.GetProperty("Message").GetString()!.ShouldEndWith($"moved by {Hostile}");
    }

    [Fact]
    public void AnExceptionStaysInItsEntryToo()
    {
        var logger = new FormattedLogger();

        Broken(logger, new InvalidOperationException(Hostile));

        logger.Text.Count(character => character == '\n').ShouldBe(1);
        logger.Text.ShouldNotContain("\u001b");
    }

    [Fact]
    public void EverythingGoesToStandardErrorAsJson()
    {
        using var provider = Provider();

        var console = provider.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value;

        console.FormatterName.ShouldBe(ConsoleFormatterNames.Json);
        console.LogToStandardErrorThreshold.ShouldBe(LogLevel.Trace);
    }

    private static ServiceProvider Provider() =>
        new ServiceCollection().AddLogging(ServerLogs.Configure).BuildServiceProvider();

    [LoggerMessage(1, LogLevel.Warning, "{Branch} was moved by {Author}")]
    private static partial void Moved(ILogger log, string branch, string author);

    [LoggerMessage(2, LogLevel.Error, "It broke")]
    private static partial void Broken(ILogger log, Exception problem);

    /// <summary>Writes as the console would.</summary>
    private sealed class FormattedLogger : ILogger
    {
        private readonly StringWriter _text = new();

        public string Text => _text.ToString();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            using var provider = Provider();
            var entry = new LogEntry<TState>(logLevel, "Bascule", eventId, state, exception, formatter);
            provider
                .GetServices<ConsoleFormatter>()
                .Single(known => known.Name == ConsoleFormatterNames.Json)
                .Write(entry, scopeProvider: null, _text);
        }
    }
}
