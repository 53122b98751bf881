using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Sealing;

/// <summary>
/// The framework's data protection over the master key: what one replica seals every other opens, and there is no second set of keys to keep, rotate and back up.
/// </summary>
internal sealed class MasterKeyProtection(MasterKey key) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) => new Protector(key, [purpose]);

    private sealed class Protector(MasterKey key, string[] purposes) : IDataProtector
    {
        /// <summary>As JSON, so that no purpose can borrow from the next.</summary>
        private readonly string _purpose = "data protection:" + JsonSerializer.Serialize(purposes);

        public IDataProtector CreateProtector(string purpose) => new Protector(key, [.. purposes, purpose]);

        public byte[] Protect(byte[] plaintext) => key.Seal(_purpose, plaintext);

        public byte[] Unprotect(byte[] protectedData) => key.Open(_purpose, protectedData);
    }
}

internal static class MasterKeyProtectionExtensions
{
    private const string Framework = "Microsoft.AspNetCore.DataProtection";

    /// <summary>Comes after everything that may have added the framework's own keys, which would be made in somebody's home folder at every start.</summary>
    public static void ProtectDataByMasterKey(this IServiceCollection services)
    {
        services.AddSingleton<IDataProtectionProvider, MasterKeyProtection>();
        foreach (var service in services.Where(MakesKeys).ToList())
            services.Remove(service);
    }

    private static bool MakesKeys(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Assembly.GetName().Name == Framework;
}
