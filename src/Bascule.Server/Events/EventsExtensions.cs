using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Events;

internal static class EventsExtensions
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<DeliveryReader>();
        services.AddSingleton<EventReplay>();
        services.AddSingleton<EventDismissal>();
        services.AddSingleton<RepositoryLookup>();
        services.AddSingleton<RefObserver>();
        services.AddSingleton<PullRequestObserver>();
        services.AddSingleton<RefLooks>();
        services.AddSingleton<MergeFinder>();
        services.AddSingleton<PullRequestEnd>();
        services.AddSingleton<RewriteStop>();
        services.AddSingleton<RunPlanner>();
        services.AddSingleton<PushPlanner>();
        services.AddSingleton<PullRequestPlanner>();
        services.AddSingleton<IWorkHandler, RefEventHandler>();
        services.AddSingleton<IWorkHandler, PullRequestEventHandler>();
        services.AddSingleton<IWorkHandler, IgnoredEventHandler>();
        services.AddSingleton<IWorkHandler, LookHandler>();
        services.AddSingleton<IWorkHandler, StandingHandler>();
    }
}
