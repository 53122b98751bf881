using Bascule.Core.Work;
using Bascule.Server.Notebooks;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Reports;

internal static class ReportsExtensions
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<ReportedForges>();
        services.AddSingleton<RunReports>();
        services.AddSingleton<RunLinks>();
        services.AddSingleton<BadgeLinks>();
        services.AddSingleton<CommentText>();
        services.AddSingleton<ChangedNotebooks>();
        services.AddSingleton<RequiredChecks>();
        services.AddSingleton<StatusWriter>();
        services.AddSingleton<IWorkHandler, CommentHandler>();
        services.AddSingleton<IWorkHandler, StatusHandler>();
        services.AddSingleton<IWorkHandler, CheckHandler>();
        services.AddSingleton<IWorkHandler, CheckLookHandler>();
        services.AddSingleton<IWorkHandler, IssueHandler>();
        services.AddSingleton<IWorkHandler, MergeHandler>();
    }
}
