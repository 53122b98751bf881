using System.Text;

namespace Bascule.Simulators.Databricks;

/// <summary>A request as it arrived, before any check.</summary>
/// <param name="Authorization">The whole header, with its token.</param>
/// <param name="Content">At most the first MiB.</param>
/// <param name="FromJob">True when it carries the token of a running task: the task's script sent it, not the client under test.</param>
public sealed record RecordedRequest(
    DateTimeOffset ReceivedAt,
    string Method,
    string Path,
    string Query,
    string? Authorization,
    byte[] Content,
    bool FromJob
)
{
    public string Body => Encoding.UTF8.GetString(Content);
}
