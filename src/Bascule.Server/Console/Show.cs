using System.Globalization;
using System.Text.Json;
using Bascule.Core.Lineage;
using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Server.Console;

/// <summary>How the console writes values for people. Everything that others wrote goes through <see cref="Line"/> (THREATS T113).</summary>
public static class Show
{
    private const int MaxLine = 300;
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Line(string? text) => PlainText.Line(text, MaxLine);

    public static string Word(RunState state) =>
        state == RunState.AwaitingApproval ? "Awaiting approval" : state.ToString();

    /// <summary>The style class of a state: what it means, not how it looks.</summary>
    public static string Tone(RunState state) =>
        state switch
        {
            RunState.Succeeded => "good",
            RunState.Failed or RunState.Refused => "bad",
            RunState.Started => "busy",
            RunState.AwaitingApproval => "wait",
            RunState.Planned => "plan",
            _ => "idle",
        };

    public static string Source(Run run) =>
        run.PullRequest is { } number ? $"pull request {Number(number)}"
        : run.Ref.IsTag ? $"tag {Line(run.Ref.ShortName)}"
        : Line(run.Ref.ShortName);

    /// <summary>The last part of a name with catalog and schema.</summary>
    public static string ShortModel(string name) => Line(name)[(Line(name).LastIndexOf('.') + 1)..];

    /// <summary>The page that traces it.</summary>
    public static string LineageOf(string question) => $"lineage?of={Uri.EscapeDataString(question)}";

    /// <summary>What a node is called where there is room.</summary>
    public static string Whole(LineageNode node) =>
        $"{node.Noun} {Line(node.Title)}{(node.Detail.Length > 0 ? $", {Line(node.Detail)}" : "")}";

    public static string Word(LineageAssurance assurance) =>
        assurance switch
        {
            LineageAssurance.Proven => "proven",
            LineageAssurance.Asserted => "asserted",
            _ => "observed",
        };

    public static string Took(TimeSpan time) =>
        time < TimeSpan.Zero ? "0 s"
        : time.TotalSeconds < 10 ? Text($"{time.TotalSeconds:0.0} s")
        : time.TotalMinutes < 1 ? Text($"{(int)time.TotalSeconds} s")
        : time.TotalHours < 1 ? Text($"{time.Minutes}:{time.Seconds:00} min")
        : time.TotalDays < 2 ? Text($"{(int)time.TotalHours}:{time.Minutes:00} h")
        : Text($"{(int)time.TotalDays} days");

    public static string Number(double value) =>
        !double.IsFinite(value) ? Text($"{value}")
        : value == Math.Truncate(value) && Math.Abs(value) < 1e12 ? Text($"{value:0}")
        : Text($"{value:G5}");

    public static string Number(long value) => Text($"{value}");

    /// <summary>A coordinate of a drawing.</summary>
    public static string Coordinate(double value) => Text($"{value:0.##}");

    /// <summary>How far a metric is from its base, without sign: in percent, or as a difference where the base is 0.</summary>
    public static string Change(double value, double @base)
    {
        var difference = Math.Abs(value - @base);
        return @base == 0 ? Text($"{difference:G4}") : Text($"{difference / Math.Abs(@base):0.0%}");
    }

    public static string Utc(DateTimeOffset time) => Text($"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    public static string Machine(DateTimeOffset time) => Text($"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z");

    /// <summary>A plan with line breaks; as it is when it is no JSON.</summary>
    public static string Json(string json)
    {
        try
        {
            return PlainText.Block(JsonSerializer.Serialize(JsonElement.Parse(json), Indented), 1024 * 1024);
        }
        catch (JsonException)
        {
            return PlainText.Block(json, 1024 * 1024);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
