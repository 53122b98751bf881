using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Bascule.Core;

namespace Bascule.Testing.Identity;

/// <summary>What a client does at the provider, by script, for tests that need tokens and not the way to them.</summary>
public static class OidcFlows
{
    private static readonly HttpClient s_http = new();

    /// <summary>RFC 6749 section 4.4; a JWT access token for the resource.</summary>
    public static async Task<Secret> ClientCredentialsAsync(
        this OidcProvider provider,
        OidcClient client,
        string resource = "urn:bascule:api"
    )
    {
        var answer = await provider.AskTokenAsync(
            client,
            ("grant_type", "client_credentials"),
            ("scope", "api:read"),
            ("resource", resource)
        );
        return new Secret((string)answer["access_token"]!);
    }

    /// <summary>Signs the person in with code and PKCE at the client's first redirect address; answers what the token endpoint answers.</summary>
    public static async Task<JsonObject> SignInAsync(
        this OidcProvider provider,
        OidcClient client,
        ScriptedPerson person,
        string nonce,
        string scope = "openid profile email groups"
    )
    {
        var verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var challenge = TokenMint.Text(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var redirect = client.RedirectUris[0];
        var back = await person.GoAsync(
            new Uri(
                $"{provider.Issuer}/auth?response_type=code&client_id={client.Id}&redirect_uri={Uri.EscapeDataString(redirect)}"
                    + $"&scope={Uri.EscapeDataString(scope)}&nonce={nonce}&state=s&code_challenge={challenge}&code_challenge_method=S256"
            )
        );
        var code = back is null ? null : HttpUtility.ParseQueryString(back.Query)["code"];
        return await provider.AskTokenAsync(
            client,
            ("grant_type", "authorization_code"),
            ("code", code ?? throw new InvalidOperationException($"no code: {back}\n{person.Page}")),
            ("redirect_uri", redirect),
            ("code_verifier", verifier)
        );
    }

    /// <summary>The answer of the token endpoint, a refusal included: then it has <c>error</c>.</summary>
    public static async Task<JsonObject> AskTokenAsync(
        this OidcProvider provider,
        OidcClient client,
        params (string Name, string Value)[] fields
    )
    {
        var form = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).ToList();
        if (client.Secret is null)
            form.Add(new("client_id", client.Id));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{provider.Issuer}/token")
        {
            Content = new FormUrlEncodedContent(form),
        };
        if (client.Secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.ASCII.GetBytes($"{client.Id}:{client.Secret}"))
            );
        using var answer = await s_http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    /// <summary>RFC 8628: the code that a device shows, and what it waits with.</summary>
    public static async Task<JsonObject> AskDeviceCodeAsync(
        this OidcProvider provider,
        OidcClient client,
        string scope = "openid profile groups"
    )
    {
        using var answer = await s_http.PostAsync(
            new Uri($"{provider.Issuer}/device/auth"),
            new FormUrlEncodedContent([new("client_id", client.Id), new("scope", scope)])
        );
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
