namespace Bascule.Simulators.Databricks;

/// <summary>Before a request takes effect, or after it did and before the answer is sent.</summary>
public enum RequestPhase
{
    Before,
    After,
}
