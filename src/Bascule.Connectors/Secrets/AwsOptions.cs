using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Secrets;

/// <summary>The settings of AWS Secrets Manager. One login for every region that references name.</summary>
internal sealed record AwsOptions
{
    public const string Subject = "secrets.aws";

    /// <summary>A role that a signed token gets credentials of; null for another login.</summary>
    public AwsWebIdentity? WebIdentity { get; init; }

    /// <summary>Whether credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.</summary>
    public bool FromEnvironment { get; init; }

    /// <summary>Null for the region's own address: one of a VPC endpoint, or of FIPS.</summary>
    public Uri? SecretsManager { get; init; }

    /// <summary>Null for the region's own address.</summary>
    public Uri? SecurityTokens { get; init; }

    /// <summary>Null for the machine's.</summary>
    public Uri? Metadata { get; init; }

    /// <summary>PEM certificates to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    public bool NeedsIssuer => WebIdentity is { Token.NeedsIssuer: true };

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static AwsOptions? Read(SettingReader settings, ConnectionHost host)
    {
        const string remedy =
            "write login: { web_identity: { role: <ARN> } }, login: { environment: true } or login: { instance: true }";
        if (settings.Find("login") is null)
            settings.Refuse("login", "is missing", remedy);
        var login = settings.Map("login");
        var web = login?.Map("web_identity") is { } map ? AwsWebIdentity.Read(map, host) : null;
        var environment = login?.Flag("environment") ?? false;
        var instance = login?.Flag("instance") ?? false;
        if (
            login is not null
            && (login.Keys.Count() != 1 || IsOff("environment", environment) || IsOff("instance", instance))
        )
            login.Refuse("", "does not name one way to log in", remedy);
        login?.RefuseOthers();
        bool IsOff(string way, bool isOn) => login.Find(way) is not null && !isOn;
        var endpoints = settings.Map("endpoints");
        var manager = Url(endpoints, "secretsmanager");
        var tokens = Url(endpoints, "sts");
        var metadata = Url(endpoints, "metadata");
        endpoints?.RefuseOthers();
        var ca = settings.CaFile("ca", host);
        settings.RefuseOthers();
        return settings.HasProblems
            ? null
            : new AwsOptions
            {
                WebIdentity = web,
                FromEnvironment = environment,
                SecretsManager = manager,
                SecurityTokens = tokens,
                Metadata = metadata,
                CaFile = ca,
            };
    }

    private static Uri? Url(SettingReader? endpoints, string key) =>
        endpoints?.Find(key) is null ? null : endpoints.RequiredUrl(key, $"https://{key}.eu-central-1.amazonaws.com");
}

/// <param name="Role">The ARN of the role.</param>
internal sealed partial record AwsWebIdentity(string Role, OwnToken Token)
{
    /// <summary>What AWS's own tools write into tokens for it; the identity provider in IAM lists it.</summary>
    private const string Audience = "sts.amazonaws.com";

    public static AwsWebIdentity? Read(SettingReader settings, ConnectionHost host)
    {
        var role = settings.RequiredText("role", "write role: the ARN of the role that Bascule takes on");
        if (role is not null && !RoleArn().IsMatch(role))
            settings.Refuse("role", "is no ARN of a role", "write one like arn:aws:iam::123456789012:role/bascule");
        var token = OwnToken.Read(settings, host, Audience);
        settings.RefuseOthers();
        return role is null ? null : new AwsWebIdentity(role, token);
    }

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::[0-9]{12}:role/.+\z", RegexOptions.NonBacktracking)]
    private static partial Regex RoleArn();
}
