using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Secrets;

/// <summary>
/// A strict stand-in for AWS: AssumeRoleWithWebIdentity of STS, GetSecretValue of Secrets Manager, and version 2 of an instance's metadata, all at one
/// address. Follows https://docs.aws.amazon.com (STS and secretsmanager API references, IAM's description of Signature Version 4); every signature is
/// computed again from what arrived.
/// </summary>
public sealed class AwsSimulator : SimulatedService
{
    public const string Label = "AWS simulator";
    private const string Json = "application/x-amz-json-1.1";
    private const string Role = "bascule-instance";
    private readonly ConcurrentDictionary<string, TrustedIssuer> _roles = new();
    private readonly ConcurrentDictionary<string, string> _secrets = new();
    private readonly ConcurrentDictionary<string, AwsKeys> _keys = new();
    private readonly string _metadataToken = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    private AwsSimulator(LoopbackAuthority authority, string region, TimeProvider time)
        : base(authority, time) => Region = region;

    public string Region { get; }

    /// <summary>How long the credentials of a role live.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Which secrets a role may read, by the beginning of their name.</summary>
    public string MayRead { get; set; } = "";

    public static async Task<AwsSimulator> StartAsync(
        LoopbackAuthority authority,
        string region = "eu-central-1",
        TimeProvider? time = null
    )
    {
        var aws = new AwsSimulator(authority, region, time ?? TimeProvider.System);
        await aws.ListenAsync(CancellationToken.None);
        return aws;
    }

    public void AddRole(string arn, TrustedIssuer trusted) => _roles[arn] = trusted;

    public void Put(string name, string text) => _secrets[name] = text;

    public void ExpireAll()
    {
        foreach (var (id, keys) in _keys)
            _keys[id] = keys with { End = DateTimeOffset.MinValue };
    }

    /// <summary>Keys of a user: without a session.</summary>
    public (string Id, string Secret) CreateKeys()
    {
        var keys = NewKeys(isTemporary: false);
        return (keys.Id, keys.Secret);
    }

    private protected override async Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Path.StartsWith("/latest/", StringComparison.Ordinal))
            return Metadata(request);
        if (request.Method != "POST" || request.Path != "/" || request.Http.QueryString.HasValue)
            return Refuse(404, "UnknownOperationException", "no such operation");
        return request.Header("X-Amz-Target") is { } target
            ? SecretValue(request, target)
            : await TakeRoleAsync(request.Form(), request.Header("Authorization"), cancellationToken);
    }

    private async Task<ServiceAnswer> TakeRoleAsync(
        Dictionary<string, string> form,
        string? authorization,
        CancellationToken cancellationToken
    )
    {
        if (form.GetValueOrDefault("Action") != "AssumeRoleWithWebIdentity")
            return Xml(400, "InvalidAction", "Could not find operation");
        if (form.GetValueOrDefault("Version") != "2011-06-15")
            return Xml(400, "NoSuchVersion", "The requested version is not available");
        if (authorization is not null)
            return Xml(400, "InvalidAction", "AssumeRoleWithWebIdentity is not signed");
        if (
            !form.TryGetValue("RoleSessionName", out var session)
            || session.Length < 2
            || !form.TryGetValue("WebIdentityToken", out var token)
            || (
                form.TryGetValue("DurationSeconds", out var text) && int.Parse(text, CultureInfo.InvariantCulture) < 900
            )
        )
            return Xml(400, "ValidationError", "a parameter is missing or out of range");
        if (!_roles.TryGetValue(form.GetValueOrDefault("RoleArn") ?? "", out var trusted))
            return NotAuthorized();
        return await JudgeAsync(token, trusted, cancellationToken) switch
        {
            null => Granted(),
            TokenFault.Subject => NotAuthorized(),
            TokenFault.Audience => Xml(400, "InvalidIdentityToken", "Incorrect token audience"),
            TokenFault.Expired => Xml(400, "ExpiredTokenException", "Token expired"),
            TokenFault.Issuer => Xml(
                400,
                "InvalidIdentityToken",
                "No OpenIDConnect provider found in your account for the issuer"
            ),
            TokenFault.Keys => Xml(
                400,
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider"
            ),
            _ => Xml(400, "InvalidIdentityToken", "The web identity token provided could not be validated"),
        };
    }

    private ServiceAnswer Granted()
    {
        var keys = NewKeys(isTemporary: true);
        var end = keys.End.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var body = $"""
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
            <SessionToken>{keys.Session}</SessionToken><SecretAccessKey>{keys.Secret}</SecretAccessKey><Expiration>{end}</Expiration><AccessKeyId>{keys.Id}</AccessKeyId>
            </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
            """;
        return new ServiceAnswer(200, body, "text/xml");
    }

    private ServiceAnswer SecretValue(ServiceRequest request, string target)
    {
        if (request.Http.ContentType != Json)
            return Refuse(400, "SerializationException", $"the content type must be {Json}");
        if (target != "secretsmanager.GetSecretValue")
            return Refuse(400, "UnknownOperationException", "no such operation");
        var check = new AwsSignatureCheck(Region, "secretsmanager", Time.GetUtcNow());
        if (check.Judge(request, id => _keys.GetValueOrDefault(id)) is { } fault)
            return Refuse(400, fault.Code, fault.Message);
        if (
            request.Json() is not { } body
            || body.Any(field => field.Key is not ("SecretId" or "VersionId" or "VersionStage"))
        )
            return Refuse(400, "InvalidParameterException", "a field is not known");
        var name = (string?)body["SecretId"] ?? "";
        if (!NameOf(name).StartsWith(MayRead, StringComparison.Ordinal))
            return Refuse(400, "AccessDeniedException", "not authorized to perform: secretsmanager:GetSecretValue");
        return _secrets.TryGetValue(NameOf(name), out var value)
            ? ServiceAnswer.Json(
                200,
                new JsonObject
                {
                    ["ARN"] = $"arn:aws:secretsmanager:{Region}:123456789012:secret:{NameOf(name)}-AbCdEf",
                    ["Name"] = NameOf(name),
                    ["VersionId"] = Guid.NewGuid().ToString(),
                    ["SecretString"] = value,
                    ["VersionStages"] = new JsonArray("AWSCURRENT"),
                    ["CreatedDate"] = 1.7e9,
                }
            )
            : Refuse(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }

    /// <summary>An ARN ends with a hyphen and six characters after the name.</summary>
    private static string NameOf(string id) =>
        id.StartsWith("arn:", StringComparison.Ordinal) ? id.Split(':')[^1][..^7] : id;

    private ServiceAnswer Metadata(ServiceRequest request)
    {
        if (request is { Method: "PUT", Path: "/latest/api/token" })
            return request.Header("X-aws-ec2-metadata-token-ttl-seconds") is { Length: > 0 }
                ? new ServiceAnswer(200, _metadataToken, "text/plain")
                : new ServiceAnswer(400, "", "text/plain");
        if (request.Header("X-aws-ec2-metadata-token") != _metadataToken)
            return new ServiceAnswer(401, "", "text/plain");
        if (request.Path == "/latest/meta-data/iam/security-credentials/")
            return new ServiceAnswer(200, Role, "text/plain");
        if (request.Path != $"/latest/meta-data/iam/security-credentials/{Role}")
            return new ServiceAnswer(404, "", "text/plain");
        var keys = NewKeys(isTemporary: true);
        return ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["Code"] = "Success",
                ["Type"] = "AWS-HMAC",
                ["AccessKeyId"] = keys.Id,
                ["SecretAccessKey"] = keys.Secret,
                ["Token"] = keys.Session,
                ["Expiration"] = keys.End,
            }
        );
    }

    private AwsKeys NewKeys(bool isTemporary)
    {
        var id = (isTemporary ? "ASIA" : "AKIA") + Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
        var session = isTemporary ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(96)) : null;
        return _keys[id] = new AwsKeys(
            id,
            secret,
            session,
            Time.GetUtcNow() + (isTemporary ? Lease : TimeSpan.FromDays(1))
        );
    }

    private static ServiceAnswer NotAuthorized() =>
        Xml(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");

    private static ServiceAnswer Xml(int status, string code, string message) =>
        new(
            status,
            $"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>",
            "text/xml"
        );

    private static ServiceAnswer Refuse(int status, string type, string message) =>
        ServiceAnswer.Json(status, new JsonObject { ["__type"] = type, ["Message"] = message });
}

/// <param name="Session">Null for the keys of a user.</param>
internal sealed record AwsKeys(string Id, string Secret, string? Session, DateTimeOffset End);
