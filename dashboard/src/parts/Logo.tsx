import icon from "../icon.svg";

export const Logo = () => <img src={icon} alt="" width="28" height="28" />;
