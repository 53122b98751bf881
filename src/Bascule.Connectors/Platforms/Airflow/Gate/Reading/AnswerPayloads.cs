using System.Text.Json.Serialization;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Reading;

/// <summary>One line: a file that was read, one that was not, or the end.</summary>
internal sealed record AnswerLine
{
    public int? File { get; init; }
    public string? Fault { get; init; }
    public int? Line { get; init; }
    public string? Text { get; init; }
    public IReadOnlyList<DagLine?>? Dags { get; init; }
    public IReadOnlyList<NameLine?>? Names { get; init; }
    public IReadOnlyList<NameLine?>? HiddenImports { get; init; }
    public int? End { get; init; }
    public string? Python { get; init; }
}

internal sealed record DagLine
{
    public required string? Id { get; init; }
    public required int Line { get; init; }
    public required bool? Schedule { get; init; }
    public required bool? Owner { get; init; }
    public required int Tasks { get; init; }
    public required bool Hidden { get; init; }
    public required int Mapped { get; init; }
}

internal sealed record NameLine
{
    public required string? Name { get; init; }
    public required int Line { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(AnswerLine))]
internal sealed partial class AnswerJson : JsonSerializerContext;
