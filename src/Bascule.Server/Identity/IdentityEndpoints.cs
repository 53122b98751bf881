using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Identity;

/// <summary>The two public documents by which platforms trust Bascule (OpenID Connect Discovery 1.0 section 4, RFC 7517).</summary>
internal static class IdentityEndpoints
{
    public const string Discovery = "/.well-known/openid-configuration";
    public const string KeySet = "/.well-known/jwks.json";

    private const string Why = "platforms read who signs, and with which public keys";

    public static void MapIdentity(this IEndpointRouteBuilder routes, Uri issuer)
    {
        var configuration = Configuration(issuer.ToString().TrimEnd('/'));
        routes.MapGet(Discovery, () => Json(configuration)).IsOpen(Why);
        routes.MapGet(KeySet, ReadKeySetAsync).IsOpen(Why);
    }

    private static async Task<IResult> ReadKeySetAsync(SigningKeys keys, HttpContext context)
    {
        var read = await keys.ReadKeySetAsync(context.RequestAborted);
        return read.Problem is null ? Json(read.Value) : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Json(string text) => Results.Text(text, "application/json");

    private static string Configuration(string issuer) =>
        CanonicalJson.ToText(
            new JsonObject
            {
                ["issuer"] = issuer,
                ["jwks_uri"] = issuer + KeySet,
                ["response_types_supported"] = new JsonArray("id_token"),
                ["subject_types_supported"] = new JsonArray("public"),
                ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            }
        );
}
