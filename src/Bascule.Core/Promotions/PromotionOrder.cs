using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Runs;

namespace Bascule.Core.Promotions;

/// <summary>What a run does that trains nothing: it has an alias or a stage lead to a version that an earlier run produced.</summary>
/// <param name="Version">Null to take the alias away.</param>
/// <param name="Generation">Of the move that it will be: no other may come in between.</param>
/// <param name="By">Who asked, as the audit log names them.</param>
public sealed record PromotionOrder(string Model, string? Version, string Alias, long Generation, string By)
{
    /// <summary>The run that produced the version; null to take the alias away.</summary>
    public RunId? Producer { get; init; }

    /// <summary>Why, in the words of whoever asked; null when they said nothing.</summary>
    public string? Because { get; init; }

    public PromotionPlace In(string environment) => new(environment, Model, Alias);

    /// <summary>For people: <c>version 7 of main.churn.classifier to production</c>.</summary>
    public string Words => Version is null ? $"{Alias} away from {Model}" : $"version {Version} of {Model} to {Alias}";

    /// <summary>For people, as what it does.</summary>
    /// <param name="goesBack">Whether it is a rollback.</param>
    public string WordsOf(bool goesBack) =>
        Version is null ? $"takes {Words}"
        : goesBack ? $"takes {Alias} of {Model} back to version {Version}"
        : $"promotes {Words}";

    /// <summary>For people, of a merge that does it in place of a training.</summary>
    public string InsteadWords =>
        $"model {Model} version {Version} of run {Producer} promoted instead of trained again";

    /// <summary>As it is stored: canonical JSON.</summary>
    public string ToJson() =>
        CanonicalJson.ToText(
            new JsonObject
            {
                ["model"] = Model,
                ["version"] = Version,
                ["alias"] = Alias,
                ["generation"] = Generation,
                ["by"] = By,
                ["producer"] = Producer?.Text,
                ["because"] = Because,
            }
        );

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    public static PromotionOrder FromJson(string text)
    {
        var json = JsonNode.Parse(text)!;
        return new PromotionOrder(
            (string)json["model"]!,
            (string?)json["version"],
            (string)json["alias"]!,
            (long)json["generation"]!,
            (string)json["by"]!
        )
        {
            Producer = (string?)json["producer"] is { } producer ? new RunId(producer) : null,
            Because = (string?)json["because"],
        };
    }
}
