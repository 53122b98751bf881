using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Intake;

internal static class IntakeExtensions
{
    public static void AddIntake(this IServiceCollection services, IntakeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<BodyReader>();
        services.AddSingleton<WebhookRegistry>();
        services.AddSingleton<SecretDrift>();
        services.AddSingleton<Receiver>();
    }
}
