namespace Bascule.Simulators.Azure.Resources;

/// <summary>What an application may do to the service.</summary>
[Flags]
public enum ArmRole
{
    None = 0,
    Read = 1,
    Write = 2,

    /// <summary>Show the values of named values: <c>listValue</c> of API Management.</summary>
    Secrets = 4,

    /// <summary>Read the results of operations that take long, for which a role at the service alone is not enough.</summary>
    Poll = 8,

    /// <summary>Create compute.</summary>
    Compute = 16,

    /// <summary>AzureML Data Scientist at a workspace: jobs, code, models, and no compute. What goes on in the resource group it does not see.</summary>
    DataScientist = Read | Write,

    /// <summary>API Management Service Contributor, and reading at the resource group.</summary>
    Contributor = Read | Write | Secrets | Poll,
}
