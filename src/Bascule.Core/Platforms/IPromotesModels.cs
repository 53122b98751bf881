using Bascule.Core.Audit;
using Bascule.Core.Identity;

namespace Bascule.Core.Platforms;

/// <summary>
/// The role of a platform whose model registry has names that lead to one version of a model at a time, as aliases and stages do. What is served or used for
/// decisions follows such a name; only what an attested run produced is put behind it.
/// </summary>
public interface IPromotesModels
{
    /// <summary>What is wrong with the name of an alias or stage there, in words that follow it; null when it may be used.</summary>
    string? FaultOf(string alias);

    /// <summary>
    /// Whether workflows register their models under the same names in both environments of the platform: then a version that was made in one can be promoted in
    /// the other. Nothing copies a version.
    /// </summary>
    bool SharesModels(PlatformEnvironment one, PlatformEnvironment other);

    /// <summary>Which version the alias leads to; null when it leads to none. Denied when the model is not one of the environment's.</summary>
    Task<Result<string?>> ReadAsync(PromotionCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Has the alias lead to that version and to no other. Safe to call again after a crash at any point. NotFound when there is no such version.
    /// </summary>
    /// <param name="version">Null takes the alias away; done also when there is none.</param>
    Task<Result<Done>> MoveAsync(PromotionCall call, string? version, CancellationToken cancellationToken);
}

/// <summary>An alias of a model, and what is needed to ask about it.</summary>
/// <param name="Model">The full name.</param>
public sealed record PromotionCall(
    string Model,
    string Alias,
    string EnvironmentName,
    PlatformEnvironment Environment,
    IRunIdentity Identity,
    ICallAudit Audit
);
