namespace Bascule.Simulators.Databricks;

/// <summary>A service principal of the workspace: its application id signs in, its numeric id names it in account paths.</summary>
public sealed record ServicePrincipal(long Id, string ApplicationId, string DisplayName);
