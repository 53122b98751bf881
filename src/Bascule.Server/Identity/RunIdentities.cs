using System.Globalization;
using Bascule.Core.Identity;
using Bascule.Core.Runs;
using Bascule.Server.Audit;
using Bascule.Server.Connections;

namespace Bascule.Server.Identity;

/// <summary>Gives runs and environments their identity. The subject names the environment; what ran where stands in further claims.</summary>
internal sealed class RunIdentities(
    IssuerAddress issuer,
    SigningKeys keys,
    KeyPublication publication,
    AuditTrail audit,
    TimeProvider time
)
{
    public IRunIdentity For(Run run, EnvironmentConnection environment) => For(run, environment, audit);

    /// <param name="trail">Where its tokens are written down.</param>
    public IRunIdentity For(Run run, EnvironmentConnection environment, AuditTrail trail) =>
        Of(new IdentityClaims(environment.Subject, ClaimsOf(run, environment)), trail);

    /// <summary>By which a run is planned: it may be of a commit that nobody has approved (THREATS T142).</summary>
    public IRunIdentity ForPlan(Run run, EnvironmentConnection environment) =>
        Of(new IdentityClaims(environment.PlanSubject, ClaimsOf(run, environment)), audit);

    private static Dictionary<string, string> ClaimsOf(Run run, EnvironmentConnection environment)
    {
        var claims = new Dictionary<string, string>
        {
            ["environment"] = environment.Name,
            ["forge"] = run.Repository.ForgeUid,
            ["repository"] = run.RepositoryName,
            ["repository_id"] = run.Repository.Id.ToString(CultureInfo.InvariantCulture),
            ["ref"] = run.Ref.ToString(),
            ["commit"] = run.Commit.ToString(),
            ["workflow"] = run.Workflow,
            ["run"] = run.Id.Text,
        };
        if (run.By is { } by)
            claims["asserted_by"] = by.Login;
        return claims;
    }

    /// <summary>For <c>doctor</c> and the probe: the environment without a run.</summary>
    public IRunIdentity For(EnvironmentConnection environment) => WithoutRun(environment.Subject, environment);

    /// <summary>For <c>doctor</c>: the environment's plans without a run.</summary>
    public IRunIdentity ForPlan(EnvironmentConnection environment) => WithoutRun(environment.PlanSubject, environment);

    private RunIdentity WithoutRun(string subject, EnvironmentConnection environment) =>
        Of(
            new IdentityClaims(
                subject,
                new Dictionary<string, string> { ["environment"] = environment.Name, ["purpose"] = "doctor" }
            ),
            audit
        );

    /// <summary>Bascule itself, where its own secrets are kept.</summary>
    public IRunIdentity ForSecrets(string subject) =>
        Of(new IdentityClaims(subject, new Dictionary<string, string> { ["purpose"] = "secrets" }), audit);

    private RunIdentity Of(IdentityClaims claims, AuditTrail trail) =>
        new(claims, issuer.Url, keys, publication, trail, time);
}

/// <summary>Bascule's public address: the <c>iss</c> of what it signs.</summary>
public sealed record IssuerAddress(Uri Url);
