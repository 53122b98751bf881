using Bascule.Core.Api;

namespace Bascule.Cli.Demo.Training;

/// <summary>A platform of the demo that trains what it is sent.</summary>
internal interface ITrainingDemo : IDemoPlatform
{
    /// <summary>As the result names it.</summary>
    string Kind { get; }

    /// <summary>What is trained.</summary>
    Sample Sample { get; }

    /// <summary>As the platform counts them.</summary>
    int PlatformRuns { get; }

    /// <summary>When the platform was first asked to run something, from a moment on.</summary>
    DateTimeOffset FirstStartSince(DateTimeOffset moment);

    /// <summary>The platform's administrator does what <c>bascule connect</c> printed, and nothing else.</summary>
    void Paste(Finding finding);
}
