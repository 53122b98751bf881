using System.Text;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors.Lines;

/// <summary>JSON lines in the body of a POST; any status of success acknowledges all of them.</summary>
internal sealed class HttpCollector(HttpOptions options) : ICollector
{
    private readonly CollectorPost _post = new(options, options.Url.AbsolutePath);

    public string Kind => "http";

    public string Target => _post.Target;

    public int MaxEntries => 500;

    public int MaxBytes => 1024 * 1024;

    public Task<Sent> SendAsync(IReadOnlyList<ShippedEntry> batch, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        foreach (var entry in batch)
            lines.Append(EntryLine.Of(entry)).Append('\n');
        return _post.SendAsync(
            Encoding.UTF8.GetBytes(lines.ToString()),
            "application/x-ndjson",
            _ => new Sent.Acknowledged(),
            cancellationToken
        );
    }

    public ValueTask DisposeAsync()
    {
        _post.Dispose();
        return ValueTask.CompletedTask;
    }
}
