using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Personal;

internal static class PersonalExtensions
{
    /// <summary>Needs the master key, the stores of people, their keys and work, and the audit trail.</summary>
    public static void AddPersonal(this IServiceCollection services)
    {
        services.AddSingleton<ErasedSubjects>();
        services.AddSingleton<PersonalSeal>();
        services.AddSingleton<PersonalReader>();
        services.AddSingleton<Erasure>();
    }

    /// <summary>Lets erasures outlast a restore of the database.</summary>
    public static void AddErasureMemory(this IServiceCollection services, string dataFolder) =>
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<ErasureMemory>(provider, Path.Combine(dataFolder, ErasureMemory.FileName))
        );
}
