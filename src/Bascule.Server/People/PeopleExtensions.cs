using Bascule.Server.Personal;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.People;

public static class PeopleExtensions
{
    /// <summary>Needs the stores of people, runs and work, IApprovals, the audit trail, and what decides on access.</summary>
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddSingleton<PersonFinder>();
        services.AddSingleton<PolicyExplanation>();
        services.AddSingleton<RunExplanation>();
        services.AddSingleton<PeopleReader>();
        services.AddSingleton<Retirement>();
        services.AddPersonal();
        return services;
    }
}
