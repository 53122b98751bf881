using System.Text.Json.Serialization;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Issuers;

/// <summary>
/// Reads a person's groups from Microsoft Graph with the person's own token, where Entra has too many for an id token. The address comes from the settings and
/// never from the token (THREATS T27). Needs the delegated permission User.Read; answers object ids, as the claim has them.
/// </summary>
public sealed class GraphGroups(Uri address, string? caFile, TimeProvider time, Action<string>? detail = null)
    : IDisposable
{
    private const string First = "/v1.0/me/transitiveMemberOf?$select=id&$top=999";
    private const string GroupType = "#microsoft.graph.group";
    private const int MostPages = 20;

    private readonly OutboundClient _client = new(
        new OutboundOptions
        {
            Subject = "Microsoft Graph",
            Url = address,
            CaFile = caFile,
            Timeout = TimeSpan.FromSeconds(10),
            Time = time,
            Detail = detail,
        }
    );

    /// <summary>Unavailable or Denied as Graph says; Exceeded when there is no end to them.</summary>
    public async Task<Result<IReadOnlyList<string>>> ReadAsync(Secret accessToken, CancellationToken cancellationToken)
    {
        var authorization = new Secret($"Bearer {accessToken.Reveal()}");
        List<string> groups = [];
        var path = First;
        for (var page = 0; page < MostPages; page++)
        {
            var request = OutboundRequest.Get(path, "read the groups of who signs in") with
            {
                Authorization = authorization,
            };
            var read = await _client.ReadAsync(request, GraphJson.Default.MemberPage, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            groups.AddRange(
                (read.Value.Value ?? [])
                    .Where(member => member.Type == GroupType)
                    .Select(member => member.Id)
                    .OfType<string>()
            );
            if (read.Value.NextLink is not { } next)
                return Result.Of<IReadOnlyList<string>>(groups);
            if (!Uri.TryCreate(next, UriKind.Absolute, out var url) || !OutboundUrl.SameOrigin(url, address))
                return Problem.Invalid("Microsoft Graph: its next page is at another server");
            path = url.PathAndQuery;
        }
        return Problem.Exceeded($"Microsoft Graph: more than {MostPages} pages of groups");
    }

    public void Dispose() => _client.Dispose();
}

internal sealed record MemberPage
{
    [JsonPropertyName("value")]
    public IReadOnlyList<Member>? Value { get; init; }

    [JsonPropertyName("@odata.nextLink")]
    public string? NextLink { get; init; }
}

internal sealed record Member
{
    [JsonPropertyName("@odata.type")]
    public string? Type { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }
}

[JsonSerializable(typeof(MemberPage))]
internal sealed partial class GraphJson : JsonSerializerContext;
