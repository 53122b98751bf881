using System.Net.Http.Headers;
using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>AWS Secrets Manager (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).</summary>
internal sealed class AwsSource(AwsClients clients, AwsLogin login, TimeProvider time) : ISecretSource, IDisposable
{
    private const string Service = "secretsmanager";
    private const string ContentType = "application/x-amz-json-1.1";

    /// <summary>What says that credentials ended, rather than that they lack a right.</summary>
    private static readonly string[] Ended =
    [
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
    ];

    public string Scheme => "aws-secretsmanager";

    public static AwsSource Open(AwsOptions options, IRunIdentity? identity, TimeProvider time, Action<string>? detail)
    {
        var clients = new AwsClients(options, time, detail);
        return new AwsSource(clients, new AwsLogin(options, clients, identity, time), time);
    }

    public async Task<Result<Secret>> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var place = (AwsSecret)reference;
        for (var attempt = 1; ; attempt++)
        {
            var credentials = await login.CredentialsAsync(place.Region, cancellationToken);
            if (credentials.Failed(out var refused))
                return refused;
            var sent = await AskAsync(place, credentials.Value, cancellationToken);
            if (sent.Failed(out var problem))
                return problem;
            if (sent.Value.IsSuccess)
                return Take(place, sent.Value);
            var refusal = JsonReading.Read(sent.Value.Body, AwsJson.Default.AwsRefusal);
            var type = refusal.Problem is null ? refusal.Value.Type?.Split('#')[^1] : null;
            if (attempt > 1 || !Ended.Contains(type))
                return Explain(
                    sent.Value,
                    type,
                    refusal.Problem is null ? refusal.Value.Message ?? refusal.Value.Words : null
                );
            login.Forget(credentials.Value);
        }
    }

    public void Dispose()
    {
        login.Dispose();
        clients.Dispose();
    }

    private async Task<Result<OutboundAnswer>> AskAsync(
        AwsSecret place,
        AwsCredentials credentials,
        CancellationToken cancellationToken
    )
    {
        var (client, url) = clients.SecretsManager(place.Region);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new AwsSecretQuestion(place.Id),
            AwsJson.Default.AwsSecretQuestion
        );
        var headers = new Dictionary<string, string>
        {
            ["host"] = url.Authority,
            ["content-type"] = ContentType,
            ["x-amz-target"] = "secretsmanager.GetSecretValue",
        };
        var signed = new AwsSignature(credentials, place.Region, Service, time.GetUtcNow()).Sign("POST", headers, body);
        using var content = new ByteArrayContent(body)
        {
            Headers = { ContentType = new MediaTypeHeaderValue(ContentType) },
        };
        var request = new OutboundRequest(HttpMethod.Post, "/", $"read {place.Id} in {place.Region}")
        {
            Authorization = signed["Authorization"],
            Headers = signed.Where(header => header.Key != "Authorization").ToDictionary(),
            Content = content,
        };
        return await client.SendAsync(request, cancellationToken);
    }

    private static Result<Secret> Take(AwsSecret place, OutboundAnswer answer)
    {
        var read = answer.Read(AwsJson.Default.AwsSecretAnswer);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value.SecretString?.Trim() is not { Length: > 0 } text)
            return Problem.NotFound($"{answer.Failing}: it holds no text; store one as its SecretString");
        if (place.JsonKey is not { } key)
            return new Secret(text);
        return Member(text, key) is { Length: > 0 } member
            ? new Secret(member)
            : Problem.NotFound(
                $"{answer.Failing}: it is no JSON object with a text in '{key}'; name another key, or none"
            );
    }

    private static string? Member(string json, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(key, out var member)
                && member.ValueKind == JsonValueKind.String
                ? member.GetString()!.Trim()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The JSON protocol says nearly everything by 400 and a word.</summary>
    private static Problem Explain(OutboundAnswer answer, string? type, string? said)
    {
        var words = type is null ? "" : $" ({StatusProblem.Clean($"{type}: {said}")})";
        return type switch
        {
            "ResourceNotFoundException" => Problem.NotFound(
                $"{answer.Failing}: it is not there{words}; compare name and region"
            ),
            "AccessDeniedException" => Problem.Denied(
                $"{answer.Failing}: the role lacks secretsmanager:GetSecretValue for it, or kms:Decrypt for its key{words}; grant it"
            ),
            "ThrottlingException" => Problem.Limited($"{answer.Failing}: too many calls{words}; it is tried again"),
            _ => answer.AsProblem(type is null ? null : $"{type}: {said}")!,
        };
    }
}
