using System.Xml;
using System.Xml.Linq;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Secrets;

/// <summary>Credentials for AWS, kept in memory until shortly before their end; nothing is stored.</summary>
internal sealed class AwsLogin(AwsOptions options, AwsClients clients, IRunIdentity? identity, TimeProvider time)
    : IDisposable
{
    private const string Version = "2011-06-15";
    private const string TakeRole = "take on the role";
    private static readonly XNamespace Names = $"https://sts.amazonaws.com/doc/{Version}/";
    private readonly SemaphoreSlim _turn = new(1, 1);
    private AwsCredentials? _held;

    public void Dispose() => _turn.Dispose();

    public async Task<Result<AwsCredentials>> CredentialsAsync(string region, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_held is { } held && time.GetUtcNow() < held.UseUntil)
                return held;
            var got =
                options.WebIdentity is { } web ? await TakeRoleAsync(web, region, cancellationToken)
                : options.FromEnvironment ? FromEnvironment()
                : await new AwsInstance(clients.Metadata()).ReadAsync(cancellationToken);
            _held = got.Problem is null ? got.Value : null;
            return got;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The service took them no longer.</summary>
    public void Forget(AwsCredentials credentials) => Interlocked.CompareExchange(ref _held, null, credentials);

    /// <summary>Without a signature: the token is the proof (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).</summary>
    private async Task<Result<AwsCredentials>> TakeRoleAsync(
        AwsWebIdentity web,
        string region,
        CancellationToken cancellationToken
    )
    {
        var asserted = await web.Token.AssertAsync(identity, cancellationToken);
        if (asserted.Failed(out var unsigned))
            return unsigned with { Message = $"{AwsOptions.Subject}: cannot {TakeRole}: {unsigned.Message}" };
        using var form = new FormUrlEncodedContent([
            new("Action", "AssumeRoleWithWebIdentity"),
            new("Version", Version),
            new("RoleArn", web.Role),
            new("RoleSessionName", "bascule"),
            new("DurationSeconds", "900"),
            new("WebIdentityToken", asserted.Value.Reveal()),
        ]);
        var request = new OutboundRequest(HttpMethod.Post, "/", TakeRole) { Content = form, Accept = "text/xml" };
        var sent = await clients.SecurityTokens(region).Client.SendAsync(request, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        var answer = sent.Value;
        var read = Parse(answer.Body);
        if (answer.Status is 400 or 403)
            return Problem.Denied(
                $"{answer.Failing}: AWS does not let Bascule in ({Words(read, asserted.Value)}); compare the trust policy of {web.Role} with what Bascule's token says: "
                    + $"aud '{web.Token.Audience}', sub '{SecretIdentity.Subject("aws")}', and the identity provider's address in IAM with the issuer"
            );
        if (answer.AsProblem() is { } failed)
            return failed;
        return Credentials(read) is { } credentials
            ? credentials
            : Problem.Unavailable($"{answer.Failing}: the answer holds no credentials");
    }

    private static AwsCredentials? Credentials(XDocument? answer)
    {
        var found = answer?.Descendants(Names + "Credentials").FirstOrDefault();
        return
            found?.Element(Names + "AccessKeyId")?.Value is { Length: > 0 } id
            && found.Element(Names + "SecretAccessKey")?.Value is { Length: > 0 } key
            && found.Element(Names + "SessionToken")?.Value is { Length: > 0 } session
            && DateTimeOffset.TryParse(
                found.Element(Names + "Expiration")?.Value,
                System.Globalization.CultureInfo.InvariantCulture,
                out var end
            )
            ? new AwsCredentials(id, new Secret(key), new Secret(session), end - AwsCredentials.Margin)
            : null;
    }

    private static XDocument? Parse(ReadOnlyMemory<byte> body)
    {
        var rules = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), rules);
            return XDocument.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Words(XDocument? answer, Secret token)
    {
        var said = answer?.Descendants().FirstOrDefault(element => element.Name.LocalName == "Message")?.Value;
        return StatusProblem.Clean((said ?? "no reason").Replace(token.Reveal(), "***", StringComparison.Ordinal));
    }

    private Result<AwsCredentials> FromEnvironment()
    {
        var (id, key) = (Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"));
        if (id is null || key is null)
            return Problem.Unavailable(
                $"{AwsOptions.Subject}.login.environment: AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set; set them where Bascule is started, or log in by web_identity"
            );
        var session = Variable("AWS_SESSION_TOKEN");
        return new AwsCredentials(
            id,
            new Secret(key),
            session is null ? null : new Secret(session),
            time.GetUtcNow().AddHours(1)
        );
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
