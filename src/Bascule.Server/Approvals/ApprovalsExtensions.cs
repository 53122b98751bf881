using Bascule.Core.Approvals;
using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Approvals;

internal static class ApprovalsExtensions
{
    /// <summary>Needs <see cref="IApprovalStore"/>, the store of people and an <see cref="ICommitProof"/>.</summary>
    public static void AddApprovals(this IServiceCollection services)
    {
        services.AddSingleton<ContentProof>();
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
