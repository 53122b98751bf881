namespace Bascule.Simulators.Forges;

/// <summary>Which server the simulator behaves as.</summary>
public enum ForgeFlavour
{
    /// <summary>Gitea 1.16.9, as recorded.</summary>
    Gitea,

    /// <summary>Gogs 0.11.91, as recorded.</summary>
    Gogs,

    /// <summary>Gitea's behaviour plus the documented X-Forgejo headers; never compared with a Forgejo server.</summary>
    Forgejo,
}

/// <summary>How one forge simulator is set up.</summary>
public sealed record ForgeSimulatorOptions
{
    public required ForgeFlavour Flavour { get; init; }

    /// <summary>Whose certificate the simulator serves; hooks to https under the same authority are trusted.</summary>
    public required LoopbackAuthority LoopbackAuthority { get; init; }

    /// <summary>Where the bare repositories live; created when missing, never deleted.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Further authorities, as PEM, that hook targets on https may be under.</summary>
    public IReadOnlyList<string> TrustedCaPem { get; init; } = [];

    /// <summary>Both forges give a hook target 15 seconds.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether fetches are answered by git's own <c>git http-backend</c> instead of <c>git upload-pack</c>, which the real forges start.</summary>
    public bool UsesHttpBackend { get; init; }

    /// <summary>How long after the pull request's hook Gogs moves refs/pull/N/head.</summary>
    public TimeSpan GogsPullHeadDelay { get; init; } = TimeSpan.FromMilliseconds(50);
}
