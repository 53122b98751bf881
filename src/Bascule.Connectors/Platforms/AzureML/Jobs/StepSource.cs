using System.Text.RegularExpressions;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>
/// Where a step's input comes from, as the CLI (v2) spells it: <c>${{parent.inputs.NAME}}</c> or <c>${{parent.jobs.STEP.outputs.NAME}}</c>.
/// </summary>
/// <param name="Step">Null for an input of the pipeline.</param>
internal sealed partial record StepSource(string? Step, string Name)
{
    public override string ToString() =>
        Step is null ? $"${{{{parent.inputs.{Name}}}}}" : $"${{{{parent.jobs.{Step}.outputs.{Name}}}}}";

    /// <summary>Whether it is meant to be a reference, right or wrong.</summary>
    public static bool IsReference(string text) => text.TrimStart().StartsWith("${{", StringComparison.Ordinal);

    /// <summary>Null when it is none.</summary>
    public static StepSource? Parse(string text)
    {
        if (OfInput().Match(text.Trim()) is { Success: true } input)
            return new StepSource(null, input.Groups["name"].Value);
        return OfStep().Match(text.Trim()) is { Success: true } step
            ? new StepSource(step.Groups["step"].Value, step.Groups["name"].Value)
            : null;
    }

    /// <summary>The pipeline's output that <c>${{parent.outputs.NAME}}</c> names; null when it is none.</summary>
    public static string? ParseTarget(string text) =>
        OfOutput().Match(text.Trim()) is { Success: true } output ? output.Groups["name"].Value : null;

    [GeneratedRegex(
        @"\A\$\{\{\s*parent\.inputs\.(?<name>[a-zA-Z0-9_]{1,100})\s*\}\}\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex OfInput();

    [GeneratedRegex(
        @"\A\$\{\{\s*parent\.outputs\.(?<name>[a-zA-Z0-9_]{1,100})\s*\}\}\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex OfOutput();

    [GeneratedRegex(
        @"\A\$\{\{\s*parent\.jobs\.(?<step>[a-zA-Z0-9_-]{1,100})\.outputs\.(?<name>[a-zA-Z0-9_]{1,100})\s*\}\}\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex OfStep();
}
