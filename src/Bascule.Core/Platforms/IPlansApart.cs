using Bascule.Core.Identity;

namespace Bascule.Core.Platforms;

/// <summary>
/// The role of a platform that is asked something for a plan. Plans are made of commits that nobody has approved, pull requests among them: they are made by
/// an identity of their own, which the platform lets read and nothing else, so that nothing an outsider causes can get at the environment's own (THREATS T142).
/// </summary>
public interface IPlansApart
{
    /// <summary>Proves that the login of plans works, for <c>doctor</c>: who they are there.</summary>
    Task<Result<string>> IdentifyPlannerAsync(IRunIdentity planner, CancellationToken cancellationToken);

    /// <summary>The exact commands by which an administrator lets this subject read, for <c>connect</c>.</summary>
    string PlannerSetup(string issuer, string subject, string environment);
}
