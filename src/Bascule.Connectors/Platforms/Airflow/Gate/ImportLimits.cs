namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>What importing DAG files may cost, where that is asked for.</summary>
public sealed record ImportLimits
{
    /// <summary>Bytes of address space, each process.</summary>
    public long Memory { get; init; } = 2L << 30;

    /// <summary>Bytes that may be written, all of them in memory; the files themselves are among them.</summary>
    public long Disk { get; init; } = 256L << 20;

    /// <summary>From start to end, for all files.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>On the clock, for one file; Airflow's own default.</summary>
    public TimeSpan TimeOfOne { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that it may answer.</summary>
    public int Answer { get; init; } = 8 << 20;
}
