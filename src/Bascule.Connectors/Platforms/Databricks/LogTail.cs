using Bascule.Connectors.Platforms.Logs;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>The end of a run's output: what fits, cut at the start.</summary>
internal static class LogTail
{
    /// <summary>Null when there is nothing.</summary>
    public static string? Of(RunOutput output)
    {
        string?[] parts = [output.Logs, output.NotebookOutput?.Result, Missing(output), output.Error];
        var text = string.Join(
            '\n',
            parts.Where(part => !string.IsNullOrEmpty(part)).Select(part => part!.TrimEnd('\n'))
        );
        return text.Length == 0 ? null : LogEnd.Of(text);
    }

    /// <summary>The trace, unless the log ends with it anyway.</summary>
    private static string? Missing(RunOutput output) =>
        output.ErrorTrace is { } trace && output.Logs?.Contains(trace.Trim(), StringComparison.Ordinal) != true
            ? trace
            : null;
}
