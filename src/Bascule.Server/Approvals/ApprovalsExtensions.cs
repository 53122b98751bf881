using Bascule.Core.Approvals;
using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Approvals;

internal static class ApprovalsExtensions
{
    /// <summary>Needs <see cref="IApprovalStore"/> and the store of people. Who registers an <see cref="ICommitProof"/> does so before.</summary>
    public static void AddApprovals(this IServiceCollection services)
    {
        services.TryAddSingleton<ICommitProof, NoCommitProof>();
        services.AddSingleton<ApprovalStates>();
        services.AddSingleton<ApprovalFlow>();
        services.AddSingleton<ApprovalOpening>();
        services.AddSingleton<ApprovalFollowing>();
        services.AddSingleton<ContributionReader>();
        services.AddSingleton<ApprovalJudge>();
        services.AddSingleton<ReviewReader>();
        services.AddSingleton<ApprovalGate>();
        services.AddSingleton<BreakingGlass>();
        services.AddSingleton<IApprovals, ApprovalCommands>();
        services.AddSingleton<IWorkHandler, ApprovalExpiryHandler>();
        services.AddSingleton<IWorkHandler, ReviewHandler>();
        services.AddSingleton<IWorkHandler, BreakGlassHandler>();
    }
}
