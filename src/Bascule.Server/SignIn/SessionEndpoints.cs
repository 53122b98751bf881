using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Api;
using Bascule.Server.Audit;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.SignIn;

/// <summary>How the command line signs in: it proves the person at the provider, and brings the proof here.</summary>
internal static class SessionEndpoints
{
    public const int MaxBody = 128 * 1024;
    private const string Scheme = "Bearer ";

    /// <summary>Where the command line can sign in. A provider that does not answer now is left out of nothing: it is named without its endpoints.</summary>
    public static async Task<IResult> ProvidersAsync(ProviderLinks providers, CancellationToken cancellationToken)
    {
        List<SignInProviderRecord> records = [];
        foreach (var provider in providers.All.Where(provider => provider.CliClient is not null))
        {
            var metadata = await providers.ReadMetadataAsync(provider, cancellationToken);
            records.Add(
                new SignInProviderRecord
                {
                    Name = provider.Name,
                    Title = provider.Title,
                    Issuer = provider.Issuer.Issuer.Url.Text,
                    Client = provider.CliClient!,
                    Scopes = provider.Scopes,
                    DeviceEndpoint = metadata.Problem is null ? metadata.Value.DeviceAuthorization : null,
                    TokenEndpoint = metadata.Problem is null ? metadata.Value.Token : null,
                }
            );
        }
        return TypedResults.Json(new SignInProviderList(records), ApiJson.Default.SignInProviderList);
    }

    public static async Task<IResult> BeginAsync(
        HttpContext context,
        ProviderLinks providers,
        Admission admission,
        RefusalCounter refusals
    )
    {
        var admitted = await AdmitAsync(context, providers, admission);
        if (!admitted.Failed(out var problem))
            return TypedResults.Json(
                new SessionRecord(
                    admitted.Value.Token.Text.Reveal(),
                    admitted.Value.Person.Name,
                    admitted.Value.Session.ExpiresAt
                ),
                ApiJson.Default.SessionRecord,
                statusCode: StatusCodes.Status201Created
            );
        refusals.CountSignIn(context, problem);
        return new ProblemAnswer(problem);
    }

    /// <summary>Done as well for what is no session any more.</summary>
    public static async Task<IResult> EndAsync(HttpContext context, SignOuts outs)
    {
        var header = (string?)context.Request.Headers.Authorization;
        var presented =
            header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? header[Scheme.Length..] : null;
        if (SessionToken.Read(SessionKind.CommandLine, presented?.Trim()) is not { } token)
            return new ProblemAnswer(
                Problem.Invalid("send the session's token as Authorization: Bearer; `bascule login` gets one")
            );
        var ended = await outs.EndAsync(token, context.RequestAborted);
        return ended.Failed(out var problem) ? new ProblemAnswer(problem) : Results.NoContent();
    }

    private static async Task<Result<Admitted>> AdmitAsync(
        HttpContext context,
        ProviderLinks providers,
        Admission admission
    )
    {
        if (await ReadAsync(context) is not { } asked)
            return Problem.Invalid("send provider, id_token and access_token as a JSON object");
        if (providers.Find(asked.Provider) is not { CliClient: { } client } provider)
            return Problem.NotFound(
                "there is no such provider for the command line; `bascule login` lists those there are"
            );
        var arrival = new Arrival(provider, SessionKind.CommandLine, client, new Secret(asked.IdToken))
        {
            AccessToken = asked.AccessToken is { Length: > 0 } access ? new Secret(access) : null,
        };
        return await admission.AdmitAsync(arrival, context.RequestAborted);
    }

    private static async Task<SessionRequest?> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
            return null;
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException)
        {
            return null; // larger than the route takes
        }
        var read = JsonReading.Read(body.ToArray(), ApiJson.Default.SessionRequest);
        return read.Problem is null && read.Value is { Provider.Length: > 0, IdToken.Length: > 0 } ? read.Value : null;
    }
}
