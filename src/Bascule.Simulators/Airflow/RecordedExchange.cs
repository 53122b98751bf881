namespace Bascule.Simulators.Airflow;

/// <summary>One request and its true answer, before a fault changed it.</summary>
/// <param name="Path">As it was written, percent-encoded.</param>
/// <param name="Query">With its question mark; empty when there is none.</param>
/// <param name="Answer">The answer's body.</param>
public sealed record RecordedExchange(
    string Method,
    string Path,
    string Query,
    string? ContentType,
    string? Authorization,
    string Body,
    int Status,
    string AnswerType,
    string Answer
)
{
    public DateTimeOffset ReceivedAt { get; init; }
}
