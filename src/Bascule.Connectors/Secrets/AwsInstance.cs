using System.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Secrets;

/// <summary>
/// Credentials of the role that the machine has, by version 2 of the instance's metadata
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html).
/// </summary>
internal sealed class AwsInstance(OutboundClient http)
{
    private const string Doing = "ask the machine for its role";
    private const string Roles = "/latest/meta-data/iam/security-credentials/";

    public async Task<Result<AwsCredentials>> ReadAsync(CancellationToken cancellationToken)
    {
        var session = await AskAsync(
            HttpMethod.Put,
            "/latest/api/token",
            "x-aws-ec2-metadata-token-ttl-seconds",
            "60",
            cancellationToken
        );
        if (session.Failed(out var noSession))
            return noSession;
        var token = Text(session.Value);
        var role = await AskAsync(HttpMethod.Get, Roles, "x-aws-ec2-metadata-token", token, cancellationToken);
        if (role.Failed(out var noRole))
            return noRole;
        var path = Roles + Uri.EscapeDataString(Text(role.Value));
        var answer = await AskAsync(HttpMethod.Get, path, "x-aws-ec2-metadata-token", token, cancellationToken);
        if (answer.Failed(out var problem))
            return problem;
        var read = answer.Value.Read(AwsJson.Default.AwsInstanceAnswer);
        if (read.Failed(out var unreadable))
            return unreadable;
        return
            read.Value
                is {
                    Code: "Success",
                    AccessKeyId: { } id,
                    SecretAccessKey: { } key,
                    Token: { } given,
                    Expiration: { } end
                }
            ? new AwsCredentials(id, new Secret(key), new Secret(given), end - AwsCredentials.Margin)
            : Problem.Unavailable(
                $"{AwsOptions.Subject}: cannot {Doing}: the answer holds no credentials; give the machine a role"
            );
    }

    private async Task<Result<OutboundAnswer>> AskAsync(
        HttpMethod method,
        string path,
        string header,
        string value,
        CancellationToken cancellationToken
    )
    {
        var request = new OutboundRequest(method, path, Doing)
        {
            Headers = new Dictionary<string, Secret> { [header] = new(value) },
            Accept = "*/*",
        };
        var sent = await http.SendAsync(request, cancellationToken);
        return sent.Failed(out var problem) ? problem
            : sent.Value.AsProblem() is { } refused ? refused
            : sent;
    }

    private static string Text(OutboundAnswer answer) => Encoding.ASCII.GetString(answer.Body.Span).Trim();
}
