using System.Globalization;
using System.Text.Json.Serialization;
using Bascule.Core;

namespace Bascule.Cli.Features.Dags;

/// <summary>Is told how each look at the branch went.</summary>
internal interface IFollowVoice
{
    void Show(Published published);

    void Fail(Problem problem);

    /// <summary>It worked, and nothing had changed.</summary>
    void Recover();
}

/// <summary>Says each publication, and each change between well and not well once: not at every look.</summary>
internal sealed class FollowVoice(OutputFeature output, DagsFolder folder) : IFollowVoice
{
    private string? _wrong;

    public void Show(Published published)
    {
        Recover();
        var record = new PublishedRecord(
            published.Commit.ToString(),
            published.At,
            published.Files,
            published.Previous?.ToString()
        );
        output.Write(
            record,
            DagsJson.Default.PublishedRecord,
            () =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{record.PublishedAt:yyyy-MM-ddTHH:mm:ssZ} shows {record.Commit}, {record.Files} files"
                )
        );
    }

    public void Recover()
    {
        if (_wrong is not null)
            OutputFeature.Say("bascule: it works again");
        _wrong = null;
    }

    public void Fail(Problem problem)
    {
        if (_wrong == problem.Message)
            return;
        _wrong = problem.Message;
        var kept = folder.Current is { } current ? $"{current.Short} stays" : "nothing is shown yet";
        OutputFeature.Say($"bascule: {problem.Message}; {kept}");
    }
}

internal sealed record PublishedRecord(string Commit, DateTimeOffset PublishedAt, int Files, string? Previous);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PublishedRecord))]
internal sealed partial class DagsJson : JsonSerializerContext;
