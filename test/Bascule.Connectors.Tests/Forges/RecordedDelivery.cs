using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges;

/// <summary>A request that a real forge sent, byte for byte.</summary>
internal sealed record RecordedDelivery(string Name, WebhookRequest Request)
{
    public static readonly Secret GiteaSecret = new("gitea-lab-secret-Qw3");
    public static readonly Secret GogsSecret = new("gogs-lab-secret-Zx9");

    public static IEnumerable<string> Names(string forge) =>
        Directory
            .EnumerateFiles(Folder(forge), "*.headers")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);

    public static RecordedDelivery Load(string forge, string name)
    {
        var file = Path.Combine(Folder(forge), name);
        var lines = File.ReadAllText(file + ".headers", Encoding.Latin1).Split("\r\n");
        var headers = lines.Skip(1).Where(line => line.Length > 0).Select(Header).ToList();
        var body = File.ReadAllBytes(File.Exists(file + ".json") ? file + ".json" : file + ".body");
        return new RecordedDelivery(name, new WebhookRequest(headers, body));
    }

    public RecordedDelivery With(ReadOnlyMemory<byte> body) => this with { Request = Request with { Body = body } };

    public RecordedDelivery With(string header, params string[] values) =>
        this with
        {
            Request = Request with
            {
                Headers =
                [
                    .. Request.Headers.Where(entry => !entry.Key.Equals(header, StringComparison.OrdinalIgnoreCase)),
                    .. values.Select(value => KeyValuePair.Create(header, value)),
                ],
            },
        };

    public string Header(string name, StringComparison comparison = StringComparison.OrdinalIgnoreCase) =>
        Request.Headers.Single(entry => entry.Key.Equals(name, comparison)).Value;

    private static KeyValuePair<string, string> Header(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim());
    }

    private static string Folder(string forge) => Path.Combine(AppContext.BaseDirectory, "Forges", forge, "Recorded");
}
