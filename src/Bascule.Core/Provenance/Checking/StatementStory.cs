using System.Text.Json;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Text;

namespace Bascule.Core.Provenance.Checking;

/// <summary>A statement as lines for people. Names in it were chosen by others, so each is made plain first (THREATS T113).</summary>
public static class StatementStory
{
    private const int MaxLine = 300;

    public static IReadOnlyList<StoryLine> Of(Statement statement) =>
        [
            .. (
                statement.PredicateType switch
                {
                    ProvenanceNames.RunPredicate => Run(statement.Predicate),
                    ProvenanceNames.SlsaPredicate => Build(statement),
                    _ => Subjects(statement),
                }
            )
                .Where(line => line.Text.Length > 0)
                .Select(line => line with { Text = PlainText.Line(line.Text, MaxLine) }),
        ];

    private static IEnumerable<StoryLine> Run(JsonElement predicate)
    {
        yield return new(
            "run",
            $"{Text(predicate, "run", "id")}, workflow {Text(predicate, "run", "workflow")}: {Text(predicate, "result", "state")}"
        );
        yield return new("commit", $"{Text(predicate, "source", "commit")} of {Text(predicate, "source", "ref")}");
        yield return new("from", Text(predicate, "source", "uri"));
        yield return new("tree", Prefixed("sha256:", Text(predicate, "source", "treeSha256")));
        yield return new("content", Prefixed("sha256:", Text(predicate, "source", "content")));
        foreach (var party in Items(predicate, "by"))
            yield return new("by", $"{Text(party, "party")}: {Text(party, "how")} ({Text(party, "assurance")})");
        yield return new("allowed by", Text(predicate, "decision", "rule"));
        foreach (var approval in Items(predicate, "decision", "approvals"))
            yield return new(
                "approved by",
                $"{Text(approval, "by")} at {Text(approval, "at")} ({Text(approval, "id")}, {Text(approval, "where")})"
            );
        if (Text(predicate, "decision", "withoutApprovals", "by") is { Length: > 0 } bypass)
            yield return new(
                "WITHOUT APPROVALS",
                $"{bypass} at {Text(predicate, "decision", "withoutApprovals", "at")}"
            );
        yield return new("ran in", Text(predicate, "environment", "name"));
        yield return new("ran on", $"{Text(predicate, "platform", "address")} as {Text(predicate, "platform", "run")}");
        foreach (var model in Items(predicate, "result", "models"))
            yield return new("made", $"{Text(model, "name")} version {Text(model, "version")}");
        if (Text(predicate, "promotes", "alias") is { Length: > 0 } alias)
            yield return new(
                "promoted",
                $"{alias} of {Text(predicate, "promotes", "model")} to version {Text(predicate, "promotes", "version")}, which run {Text(predicate, "promotes", "producer")} produced"
            );
        yield return new("plan", Prefixed("sha256:", Text(predicate, "plan", "sha256")));
        yield return new("finished", Text(predicate, "times", "finished"));
    }

    private static IEnumerable<StoryLine> Build(Statement statement)
    {
        foreach (var subject in statement.Subjects)
            yield return new("made", subject.Name);
        yield return new("built by", Text(statement.Predicate, "runDetails", "builder", "id"));
        yield return new("source", Text(statement.Predicate, "buildDefinition", "externalParameters", "source"));
        foreach (var dependency in Items(statement.Predicate, "buildDefinition", "resolvedDependencies"))
            yield return new("commit", Text(dependency, "digest", "gitCommit"));
        yield return new("invocation", Text(statement.Predicate, "runDetails", "metadata", "invocationId"));
    }

    private static IEnumerable<StoryLine> Subjects(Statement statement) =>
        statement.Subjects.Select(subject => new StoryLine(
            "about",
            $"{subject.Name} {string.Join(' ', subject.Digest.Select(one => $"{one.Key}:{one.Value}"))}"
        ));

    private static string Prefixed(string prefix, string text) => text.Length == 0 ? "" : prefix + text;

    private static string Text(JsonElement json, params ReadOnlySpan<string> path) =>
        Find(json, path) is { ValueKind: JsonValueKind.String } found ? found.GetString()! : "";

    private static IEnumerable<JsonElement> Items(JsonElement json, params ReadOnlySpan<string> path) =>
        Find(json, path) is { ValueKind: JsonValueKind.Array } found ? [.. found.EnumerateArray()] : [];

    private static JsonElement? Find(JsonElement json, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        return json;
    }
}

/// <param name="Label">One of a few words, e.g. <c>approved by</c>.</param>
public sealed record StoryLine(string Label, string Text);
