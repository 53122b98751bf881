using Bascule.Core.Approvals;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Signatures;

internal static class SignaturesExtensions
{
    /// <summary>Needs the stores of people, confirmed keys and work, the forges and the mirrors.</summary>
    public static void AddSignatures(this IServiceCollection services)
    {
        services.TryAddSingleton(new SignatureTools("ssh-keygen", "gpg"));
        services.AddSingleton<SignatureMemory>();
        services.AddSingleton<HeldKeys>();
        services.AddSingleton<OpenPgpReader>();
        services.AddSingleton<OwnKeys>();
        services.AddSingleton<SignatureProof>();
        services.AddSingleton<ICommitProof, PushProof>();
    }
}
